#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Checks the Node version and hands over. Old syntax throughout, so that an old Node gets as far as the message.
// The hooks of every commit take the short way, one bundled CommonJS file, because a developer pays for their start.
'use strict';

var fs = require('fs');
var nodeModule = require('module');
var path = require('path');

var version = process.versions.node.split('.').map(Number);
var hook = process.argv[2] === 'hook' && ['commit-msg', 'post-commit', 'post-rewrite'].indexOf(process.argv[3]) >= 0;
var target = path.join(__dirname, '..', 'dist', hook ? 'hook.cjs' : path.join('cli', 'main.js'));

if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  refuse('needs Node 20.19 or newer, this is ' + process.versions.node, 'run "node --version" to see which one is found first');
} else if (!fs.existsSync(target)) {
  refuse('is not built: ' + target + ' is missing', 'run "npm run build"');
} else if (hook) {
  keepCompiled();
  require(target);
} else {
  keepCompiled();
  process.stdout.on('error', ended);
  process.stderr.on('error', ended);
  require('./load.js')(target);
}

/**
 * Node 22 and newer can keep compiled code, which saves a fifth of a hook's time. Beside the code itself: who may write there
 * needs no cache to change what runs. In a shared temporary folder, Node's default, that would not hold.
 */
function keepCompiled() {
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache(path.join(__dirname, '..', 'dist', 'cache'));
}

/** Says why nothing can be done, in the form of every other error; 4: the environment prevents an answer. */
function refuse(message, hint) {
  process.stderr.write('countersign: error: ' + message + '\ncountersign: hint: ' + hint + '\n');
  process.exitCode = 4;
}

/** A reader who has seen enough is no error. The status is a SIGPIPE's, never 0: the verdict was not delivered. */
function ended(error) {
  if (error.code !== 'EPIPE') throw error;
  process.exit(141);
}
