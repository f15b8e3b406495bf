// SPDX-License-Identifier: Apache-2.0
// A scratch repository that has adopted countersign, with the shipped hooks and a bundle of today's source: real git
// runs real hooks, and what came of it is told by the library.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { sessionFolder, writeSessionState, type SessionState } from '../../src/agents/session-state.ts';
import { newSessionKey } from '../../src/signer/session.ts';
import { newUlid } from '../../src/ulid.ts';
import { ScratchRepo, type Ran, type RunOptions, type ScratchOptions } from '../kit/git.ts';
import { sshKey } from '../kit/keys.ts';
import { stampOf, type StampFacts } from '../kit/stamp.ts';
import { tempDir } from '../kit/temp.ts';

export const REPOSITORY = '0192f6c4-1111-4222-8333-444455556666';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let program: string | undefined;

/** Returns an executable that is to the hooks what the installed command is. */
export function hookProgram(): string {
  if (program !== undefined) return program;
  const folder = tempDir();
  const bundle = join(folder, 'hook.cjs');
  const built = spawnSync(process.execPath, [join(ROOT, 'src/hook/bundle.mjs'), folder], { encoding: 'utf8' });
  assert.is(built.status, 0, built.stderr);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  program = join(folder, 'countersign');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${bundle}" "$@"\n`, { mode: 0o755 });
  return program;
}

export interface AdoptedOptions extends ScratchOptions {
  /** Whether the policy is there from the first commit; true unless told. */
  adopted?: boolean;
  /** Whether a first commit is made. */
  root?: boolean;
}

export class AdoptedRepo extends ScratchRepo {
  readonly sessionKeys: Record<string, Uint8Array> = {};

  constructor({ adopted = true, root = true, ...options }: AdoptedOptions = {}) {
    super(options);
    this.env.COUNTERSIGN_BIN = hookProgram();
    const hooks = join(this.git(['rev-parse', '--path-format=absolute', '--git-common-dir']), 'hooks');
    mkdirSync(hooks, { recursive: true });
    for (const hook of readdirSync(join(ROOT, 'hooks'))) {
      if (hook === 'pre-push') continue;
      copyFileSync(join(ROOT, 'hooks', hook), join(hooks, hook));
      chmodSync(join(hooks, hook), 0o755);
    }
    this.git(['config', 'countersign.signer', `ssh:${sshKey('alice').file}`]);
    if (adopted) this.write('.countersign/policy.yaml', `version: 1\nrepository: ${REPOSITORY}\n`);
    if (root) {
      this.write('a.txt', 'one\ntwo\nthree\n');
      this.git(['add', '-A']);
      this.git(['commit', '-q', '-m', 'base']);
    }
  }

  /** Opens a session by its files, as the session room leaves them, and returns its id. */
  async openSession(change: Partial<SessionState> = {}): Promise<string> {
    const id = newUlid(Date.now());
    const key = newSessionKey();
    const common = this.git(['rev-parse', '--path-format=absolute', '--git-common-dir']);
    const folder = sessionFolder(common, id);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const limits = { files: 50, additions: 2000, deletions: 500 };
    await writeSessionState(folder, {
      version: 1, id, agent: 'test-agent/1.0', model: 'test-model', sponsor: 'alice', sponsorEmails: ['alice@example.com'], agentEmails: [],
      repository: REPOSITORY, allow: ['**'], deny: [], limits: { commit: limits, range: limits },
      notBefore: '2026-01-01T00:00:00Z', notAfter: '2099-01-01T00:00:00Z', compliance: [], protected: [], ...change,
    });
    writeFileSync(join(folder, 'key.pem'), key.privatePem, { mode: 0o600 });
    const grant = `{"grant":"${id}"}\n`;
    writeFileSync(join(folder, 'grant.json'), grant);
    writeFileSync(join(folder, 'grant.oid'), `${this.git(['hash-object', '-w', '--stdin'], { input: grant })}\n`);
    this.sessionKeys[id] = key.publicKey;
    return id;
  }

  /** Runs a git that must succeed and must not make the hooks say anything; returns it. */
  quietly(args: readonly string[], options: RunOptions = {}): Ran {
    const ran = this.run(args, options);
    assert.is(ran.code, 0, ran.stderr);
    assert.not.match(ran.stderr, 'countersign:');
    return ran;
  }

  /** Runs a git that the hook must refuse, and returns what it said. */
  refused(args: readonly string[], options: RunOptions = {}): string {
    const before = this.run(['rev-parse', 'HEAD']).stdout.toString();
    const ran = this.run(args, options);
    assert.is.not(ran.code, 0);
    assert.match(ran.stderr, /^countersign: error: .*\[[A-Z_]+\]$/m);
    assert.is(this.run(['rev-parse', 'HEAD']).stdout.toString(), before);
    return ran.stderr;
  }

  stamp(revision = 'HEAD'): Promise<StampFacts> {
    return stampOf(this.dir, this.env, REPOSITORY, revision, this.sessionKeys);
  }

  /** Asserts that a commit's stamp fits it to the last bit, and returns the provenance. */
  async exact(revision = 'HEAD'): Promise<string> {
    const { binding, stamp } = await this.stamp(revision);
    assert.is(binding, 'exact', `${binding}\n${this.git(['cat-file', 'commit', revision])}`);
    return stamp!.provenance;
  }

  message(revision = 'HEAD'): string {
    return this.git(['log', '-1', '--format=%B', revision]);
  }

  /** Writes an editor that runs this sh script with the message file as `$1`, and returns the environment for it. */
  editor(script: string): { GIT_EDITOR: string } {
    const file = join(tempDir(), 'editor');
    writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { GIT_EDITOR: file };
  }

  file(path: string): string {
    return readFileSync(join(this.dir, path), 'latin1');
  }
}
