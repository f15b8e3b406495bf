// SPDX-License-Identifier: Apache-2.0
// The real gpg as a judge of what the tests make: a home of its own per question, thrown away afterwards. And as a maker of
// keys and signatures. The letters are those of git's %G?.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment } from '../../kit/environment.ts';
import { removeDir, tempDir } from '../../kit/temp.ts';

export const hasGpg = spawnSync('gpg', ['--version'], { env: cleanEnvironment() }).status === 0;

/** `G` good, `B` bad, `Y` good by a key expired by now, `X` expired itself, `R` by a key revoked by now, `E` cannot tell. */
export type Letter = 'G' | 'B' | 'Y' | 'X' | 'R' | 'E';

const LETTERS: Record<string, Letter> = { GOODSIG: 'G', BADSIG: 'B', EXPKEYSIG: 'Y', EXPSIG: 'X', REVKEYSIG: 'R', ERRSIG: 'E' };

export class Gpg {
  readonly home = tempDir();

  constructor() {
    chmodSync(this.home, 0o700);
  }

  /** `now`: the time that gpg believes in, in seconds. Answers may be asked for on stdin, as --command-fd reads them. */
  run(args: string[], { now, answers, input }: { now?: number; answers?: string; input?: Uint8Array } = {}): Buffer {
    const done = this.try(args, { ...(now === undefined ? {} : { now }), ...(answers === undefined ? {} : { answers }), ...(input === undefined ? {} : { input }) });
    if (done.status !== 0) throw new Error(`gpg ${args.join(' ')}: ${done.stderr}`);
    return done.stdout;
  }

  try(args: string[], { now, answers, input }: { now?: number; answers?: string; input?: Uint8Array } = {}): { status: number | null; stdout: Buffer; stderr: string } {
    const time = now === undefined ? [] : ['--faked-system-time', `${now}!`];
    const talk = answers === undefined ? ['--batch'] : ['--command-fd', '0', '--status-fd', '2'];
    const all = ['--no-tty', '--quiet', '--trust-model', 'always', '--pinentry-mode', 'loopback', '--passphrase', '', ...talk, ...time, ...args];
    const env = { ...cleanEnvironment(), HOME: this.home, GNUPGHOME: this.home };
    const done = spawnSync('gpg', all, { env, input: answers ?? input ?? '' });
    return { status: done.status, stdout: done.stdout, stderr: done.stderr.toString() };
  }

  /** Makes a key and returns its fingerprint. */
  make(algorithm: string, usage: string, { now, expire = 'never', id = `${algorithm} <a@example.org>` }: { now: number; expire?: string; id?: string }): string {
    this.run(['--quick-gen-key', id, algorithm, usage, expire], { now });
    const listing = this.run(['--with-colons', '--list-keys', id]).toString();
    return /^fpr:+([0-9A-F]+):/m.exec(listing)![1]!;
  }

  export(fingerprint: string): Buffer {
    return this.run(['--export', fingerprint]);
  }

  sign(fingerprint: string, payload: Uint8Array, now: number, ...more: string[]): Buffer {
    return this.run([...more, '--local-user', fingerprint, '--detach-sign'], { now, input: payload });
  }

  /** What gpg's status lines say, as git reads them; the exit status is not asked. */
  judge(certificate: Uint8Array, signature: Uint8Array, payload: Uint8Array, now?: number): Letter {
    const dir = join(this.home, 'files');
    mkdirSync(dir, { recursive: true });
    for (const [name, bytes] of Object.entries({ certificate, signature, payload })) writeFileSync(join(dir, name), bytes);
    const at = now === undefined ? {} : { now };
    if (certificate.length > 0) this.try(['--no-autostart', '--import', join(dir, 'certificate')], at);
    const { stdout } = this.try(['--no-autostart', '--status-fd', '1', '--verify', join(dir, 'signature'), join(dir, 'payload')], at);
    // git takes two verdicts for an error
    const letters = [...stdout.toString('latin1').matchAll(/^\[GNUPG:\] (\w+) /gm)].flatMap(([, word = '']) => LETTERS[word] ?? []);
    return letters.length === 1 ? letters[0]! : 'E';
  }

  close(): void {
    spawnSync('gpgconf', ['--homedir', this.home, '--kill', 'all'], { env: { ...cleanEnvironment(), HOME: this.home, GNUPGHOME: this.home } });
    removeDir(this.home);
  }
}

/** Asks a gpg that knows this certificate and nothing else. */
export function ask(certificate: Uint8Array, signature: Uint8Array, payload: Uint8Array, now?: number): Letter {
  const gpg = new Gpg();
  try {
    return gpg.judge(certificate, signature, payload, now);
  } finally {
    gpg.close();
  }
}
