// SPDX-License-Identifier: Apache-2.0
// `import()` in a file of its own: a Node that cannot parse it never reads this, and can still say what is wrong.
// Loading cli/main.js runs it; what it lets escape is a bug, which Node reports with a stack.
'use strict';

var url = require('url');

module.exports = function load(file) {
  import(url.pathToFileURL(file).href).catch(function (bug) {
    process.stderr.write('countersign: internal error: ' + (bug && bug.stack ? bug.stack : bug) + '\n');
    process.exitCode = 70;
  });
};
