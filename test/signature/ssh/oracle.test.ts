// SPDX-License-Identifier: Apache-2.0
// Every blob of sshsig.json against `ssh-keygen -Y check-novalidate`: we are never more lenient, and where we are stricter
// it stands here by name. Found with OpenSSH 9.2; a newer one may have become stricter itself.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromBase64 } from '../../../src/bytes.ts';
import { encodeArmor } from '../../../src/signature/ssh/sshsig.ts';
import { cleanEnvironment } from '../../kit/environment.ts';
import { tempDir } from '../../kit/temp.ts';
import { sshsigVectors } from '../../vectors/sshsig-vectors.ts';

const test = suite('ssh-keygen on the vectors');
const dir = tempDir();
const env = cleanEnvironment({ HOME: dir });

/** What ssh-keygen takes and we don't, by why not. */
const STRICTER: Record<string, string[]> = {
  'a C string ends at NUL': ['namespace-nul', 'webauthn-origin-nul'],
  'bytes that nobody signed, and anybody could change': ['reserved', 'ed25519-malleated', 'ecdsa-padded'],
  'a key that signs everything': ['ed25519-order-1', 'ed25519-order-1-sign', 'ed25519-order-2', 'ed25519-beyond-prime', 'certificate-weak-authority'],
  'no client data that a browser writes (WebAuthn §5.8.1.2)': ['webauthn-truncated', 'webauthn-no-json'],
  'conditions of the authority, which ssh-keygen -Y never reads': [
    'certificate-unverified', 'certificate-unverifiable', 'certificate-verify-data', 'certificate-command', 'certificate-address', 'certificate-unknown-option',
  ],
  'PROTOCOL.certkeys demands order': ['certificate-option-twice', 'certificate-extension-order'],
  'asked for by ssh-keygen -Y verify only': ['certificate-host', 'certificate-nobody'],
  'a name that is none': ['certificate-empty-name', 'certificate-name-escape', 'certificate-name-bytes', 'certificate-key-id'],
  'SHA-1': ['certificate-sha1'],
};

for (const group of sshsigVectors.groups.filter(({ form }) => form === 'blob')) {
  for (const { id, input, expect } of group.tests) {
    test(`${id} is ${expect.status}`, () => {
      const file = join(dir, 'signature');
      writeFileSync(file, encodeArmor(fromBase64(input)!));
      const args = ['-Y', 'check-novalidate', '-n', group['namespace'] as string, '-s', file];
      const taken = spawnSync('ssh-keygen', args, { env, input: fromBase64(group['payload'] as string)! }).status === 0;
      const isStricter = Object.values(STRICTER).flat().includes(id);
      if (taken || !isStricter) assert.is(taken, expect.status === 'good' || isStricter);
    });
  }
}

test.run();
