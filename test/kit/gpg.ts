// SPDX-License-Identifier: Apache-2.0
// A gpg of a test's own: a home with keys without passphrase, and an agent that ends with it.
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { cleanEnvironment } from './environment.ts';
import { tempDir } from './temp.ts';

export class Keyring {
  readonly home = tempDir();

  constructor() {
    chmodSync(this.home, 0o700);
    process.on('exit', () => this.close());
  }

  /** Makes a key that signs, and returns its fingerprint. */
  make(userId: string, algorithm = 'ed25519', expire = 'never'): string {
    this.run(['--quick-gen-key', userId, algorithm, 'sign,cert', expire]);
    const listing = this.run(['--list-secret-keys', '--with-colons', userId]);
    return /^fpr:+([0-9A-F]+):/m.exec(listing)![1]!;
  }

  /** Returns the public certificate, armored. */
  export(fingerprint: string): string {
    return this.run(['--armor', '--export', fingerprint]);
  }

  run(args: string[], input?: string | Uint8Array): string {
    const env = { ...cleanEnvironment(), GNUPGHOME: this.home };
    const done = spawnSync('gpg', ['--batch', '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', '', ...args], { env, input, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`gpg ${args[0]} exited ${done.status}: ${done.stderr}`);
    return done.stdout;
  }

  close(): void {
    spawnSync('gpgconf', ['--kill', 'all'], { env: { ...cleanEnvironment(), GNUPGHOME: this.home } });
  }
}
