// SPDX-License-Identifier: Apache-2.0
// What git's own signatures cost: commits that git itself signed with each kind of key, judged as a range by the program as
// it is installed (start-up, trees and rules included), against `git verify-commit` over the same commits in the same run.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import type { Oid } from '../src/oid.ts';
import { cleanEnvironment } from '../test/kit/environment.ts';
import { Keyring } from '../test/kit/gpg.ts';
import { History } from '../test/kit/history.ts';
import { tempDir } from '../test/kit/temp.ts';

const COMMITS = 2000;
const BUDGET = { ssh: 20, openpgp: 8 };

interface Scheme {
  name: string;
  family: keyof typeof BUDGET;
  /** Settings with which git signs and verifies. */
  settings: string[];
  /** The key as the roster has it, and the file it names. */
  entry: string;
  file?: { name: string; text: string };
}

export async function run(): Promise<void> {
  const folder = tempDir();
  const keyring = new Keyring();
  try {
    const schemes = [...['ed25519', 'ecdsa', 'rsa'].map((type) => sshScheme(folder, type)), ...['ed25519', 'rsa4096'].map((algorithm) => gpgScheme(keyring, algorithm))];
    for (const scheme of schemes) await measure(scheme, { ...cleanEnvironment(), GNUPGHOME: keyring.home });
  } finally {
    keyring.close();
  }
}

function sshScheme(folder: string, type: string): Scheme {
  const key = join(folder, type);
  must('ssh-keygen', ['-q', '-t', type, ...(type === 'rsa' ? ['-b', '3072'] : []), '-N', '', '-C', '', '-f', key], folder);
  const line = must('cat', [`${key}.pub`], folder).trim();
  const signers = join(folder, `${type}.signers`);
  writeFileSync(signers, `alice@example.com ${line}\n`);
  return { name: `ssh ${type}`, family: 'ssh', settings: ['gpg.format=ssh', `user.signingKey=${key}`, `gpg.ssh.allowedSignersFile=${signers}`], entry: `ssh: ${line}` };
}

function gpgScheme(keyring: Keyring, algorithm: string): Scheme {
  const fingerprint = keyring.make(`Alice (${algorithm}) <alice@example.com>`, algorithm);
  return { name: `openpgp ${algorithm}`, family: 'openpgp', settings: [`user.signingKey=${fingerprint}`], entry: 'openpgp: keys/alice.asc', file: { name: 'alice.asc', text: keyring.export(fingerprint) } };
}

async function measure({ name, family, settings, entry, file }: Scheme, env: Record<string, string>): Promise<void> {
  const roster = `version: 1\npeople:\n  alice:\n    name: Alice\n    emails: [alice@example.com]\n    roles: [owner]\n    keys: [{ ${entry} }]\n`;
  const history = await History.make({ hands: {}, roster, policy: 'gitSignature: any\n', ...(file ? { files: { [`.countersign/keys/${file.name}`]: file.text } } : {}) });
  try {
    const { dir } = history.scratch;
    const flags = settings.flatMap((setting) => ['-c', setting]);
    const oids = signedHistory(history, flags, env);
    const yardstick = time(() => must('git', [...flags, 'verify-commit', ...oids], dir, env));
    const ours = time(() => {
      const judged = JSON.parse(must(process.execPath, ['bin/countersign.js', '-C', dir, 'verify', `${history.adoption}..${oids.at(-1)!}`, '--format', 'json'], process.cwd(), env)) as { verdict: string; summary: { human: number } };
      if (judged.verdict !== 'good' || judged.summary.human !== COMMITS) throw new Error(`the verdict on ${name} is ${judged.verdict}`);
    });
    const ratio = yardstick / ours;
    const kept = ratio >= BUDGET[family] ? 'kept' : 'MISSED';
    console.log(`${name.padEnd(18)} ${perSecond(ours)} commits/s, git verify-commit ${perSecond(yardstick)}: ${ratio.toFixed(1)} x (budget ${BUDGET[family]} x: ${kept})`);
  } finally {
    await history.close();
  }
}

/** Makes commits in a row that each change one file and that git signs. */
function signedHistory({ scratch: { dir }, adoption }: History, flags: string[], env: Record<string, string>): Oid[] {
  const identity = { ...env, GIT_AUTHOR_NAME: 'Alice', GIT_AUTHOR_EMAIL: 'alice@example.com', GIT_COMMITTER_NAME: 'Alice', GIT_COMMITTER_EMAIL: 'alice@example.com' };
  const ident = 'Alice <alice@example.com> 1767400000 +0000';
  const stream = Array.from({ length: COMMITS }, (_, i) => `commit refs/heads/trees\ncommitter ${ident}\ndata 1\n.\n${i === 0 ? `from ${adoption}\n` : ''}M 100644 inline src/file${i % 20}.ts\ndata <<END\nline ${i}\nEND\n\n`).join('');
  spawnSync('git', ['fast-import', '--quiet', '--force'], { cwd: dir, env, input: stream });
  const trees = must('git', ['log', '--reverse', '--format=%T', `${adoption}..refs/heads/trees`], dir, env).trim().split('\n');
  const oids: Oid[] = [];
  for (const [i, tree] of trees.entries()) {
    const message = `change ${i}\n\nProvenance: human`;
    oids.push(must('git', [...flags, 'commit-tree', '-S', '-m', message, '-p', oids.at(-1) ?? adoption, tree], dir, identity).trim() as Oid);
  }
  return oids;
}

function perSecond(milliseconds: number): string {
  return Math.round(COMMITS / (milliseconds / 1000)).toString().padStart(5);
}

function time(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function must(program: string, args: string[], cwd: string, env: Record<string, string> = cleanEnvironment()): string {
  const done = spawnSync(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`${program} ${args[0]} exited ${done.status}: ${done.stderr}`);
  return done.stdout;
}
