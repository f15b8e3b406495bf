// SPDX-License-Identifier: Apache-2.0
// The test command: `node --import tsx test/run.ts [part of a file name…]`, from the project's root.
import { runTests } from './kit/runner.ts';

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
process.exitCode = await runTests('test', { patterns: process.argv.slice(2) });
