// SPDX-License-Identifier: Apache-2.0
// The benchmark command: `npm run bench -- <name>`. Budgets are ratios measured in one run on one machine; nothing
// here is a test, because a busy machine must not fail a build.
import { arch, cpus, platform } from 'node:os';

interface Benchmark {
  about: string;
  load: () => Promise<{ run: () => void | Promise<void> }>;
}

const BENCHMARKS: Record<string, Benchmark> = {
  hook: { about: 'the commit-msg hook against the smallest Node process; git commit with and without hooks', load: () => import('./hook.ts') },
  signatures: { about: "git's own SSH and OpenPGP signatures against git verify-commit", load: () => import('./signatures.ts') },
  verify: { about: 'judging 10,000 stamped commits against git verify-commit; memory', load: () => import('./verify.ts') },
};

const name = process.argv[2];
const benchmark = name === undefined ? undefined : BENCHMARKS[name];
if (benchmark === undefined) {
  console.log('usage: npm run bench -- <name>\n');
  for (const [each, { about }] of Object.entries(BENCHMARKS)) console.log(`  ${each.padEnd(12)} ${about}`);
  process.exitCode = name === undefined ? 0 : 2;
} else {
  const pinned = process.env['NODE_EXTRA_CA_CERTS'] === undefined ? '' : ', as it is here';
  console.log(`node ${process.versions.node}, ${platform()} ${arch()}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`);
  console.log(`NODE_EXTRA_CA_CERTS is unset for every process measured: where it is set${pinned}, Node 20 starts three times slower\n`);
  await (await benchmark.load()).run();
}
