// SPDX-License-Identifier: Apache-2.0
// `import()` in a file of its own: a Node that cannot parse it never reads this, and can still say what is wrong.
// Loading cli/main.js runs it; what it lets escape is a bug, which Node reports with a stack.
'use strict';

var url = require('url');

module.exports = function load(file) {
  import(url.pathToFileURL(file).href).catch(function (bug) {
    process.stderr.write('countersign: internal error: ' + escape(String((bug && bug.stack) || bug)) + '\n');
    process.exitCode = 70;
  });
};

/** A message may quote what was read, and what was read may try to paint over it. */
function escape(text) {
  return text.replace(/[^\n\x20-\x7e]/g, function (c) {
    return '\\u{' + c.charCodeAt(0).toString(16) + '}';
  });
}
