// SPDX-License-Identifier: Apache-2.0
// What git's own signatures cost: commits that git itself signed with each kind of key, judged as a range in one process
// (start-up, trees and rules included), against `git verify-commit` over the same commits in the same run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import type { Oid } from '../src/oid.ts';
import { cleanEnvironment } from '../test/kit/environment.ts';
import { Keyring } from '../test/kit/gpg.ts';
import { History, policyText, REPOSITORY } from '../test/kit/history.ts';
import { tempDir } from '../test/kit/temp.ts';
import type { Judgement } from './judge.ts';

const COMMITS = 500;
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
  const fingerprint = keyring.make('Alice <alice@example.com>', algorithm);
  return { name: `openpgp ${algorithm}`, family: 'openpgp', settings: [`user.signingKey=${fingerprint}`], entry: 'openpgp: keys/alice.asc', file: { name: 'alice.asc', text: keyring.export(fingerprint) } };
}

async function measure({ name, family, settings, entry, file }: Scheme, env: Record<string, string>): Promise<void> {
  const roster = `version: 1\npeople:\n  alice:\n    name: Alice\n    emails: [alice@example.com]\n    roles: [owner]\n    keys: [{ ${entry} }]\n`;
  const history = await History.make({ hands: {}, roster, policy: 'gitSignature: any\n', files: { '.countersign/policy.yaml': policyText({ repository: REPOSITORY }, 'gitSignature: any\n'), ...(file ? { [`.countersign/keys/${file.name}`]: file.text } : {}) } });
  try {
    const { dir } = history.scratch;
    const flags = settings.flatMap((setting) => ['-c', setting]);
    must('git', ['update-ref', 'refs/heads/signed', history.adoption], dir, env);
    must('git', ['symbolic-ref', 'HEAD', 'refs/heads/signed'], dir, env);
    must('git', ['read-tree', 'HEAD'], dir, env);
    const identity = { GIT_AUTHOR_NAME: 'Alice', GIT_AUTHOR_EMAIL: 'alice@example.com', GIT_COMMITTER_NAME: 'Alice', GIT_COMMITTER_EMAIL: 'alice@example.com' };
    mkdirSync(join(dir, 'src'), { recursive: true });
    for (let i = 0; i < COMMITS; i++) {
      writeFileSync(join(dir, 'src', `file${i % 20}.ts`), `line ${i}\n`);
      must('git', ['add', `src/file${i % 20}.ts`], dir, env);
      must('git', [...flags, 'commit', '-q', '-S', '-m', `change ${i}\n\nProvenance: human`], dir, { ...env, ...identity });
    }
    const oids = must('git', ['rev-list', `${history.adoption}..HEAD`], dir, env).trim().split('\n') as Oid[];
    const yardstick = time(() => must('git', [...flags, 'verify-commit', ...oids], dir, env));
    const ours = time(() => {
      const judged = JSON.parse(must(process.execPath, ['--import', 'tsx', 'bench/judge.ts', dir, history.adoption, oids[0]!, 'range'], process.cwd(), env)) as Judgement;
      if (judged.verdict !== 'good' || judged.commits !== COMMITS) throw new Error(`the verdict on ${name} is ${judged.verdict}`);
    });
    const ratio = yardstick / ours;
    const kept = ratio >= BUDGET[family] ? 'kept' : 'MISSED';
    console.log(`${name.padEnd(18)} ${Math.round(COMMITS / (ours / 1000)).toString().padStart(6)} commits/s, git verify-commit ${Math.round(COMMITS / (yardstick / 1000))}: ${ratio.toFixed(1)} x (budget ${BUDGET[family]} x: ${kept})`);
  } finally {
    await history.close();
  }
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
