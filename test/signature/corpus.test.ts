// SPDX-License-Identifier: Apache-2.0
// Real signatures: OpenSSH's own test files, and signed commits of public repositories in all three forms, read and checked as
// the verifier does.
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_ANCHORS } from '../../src/signature/anchors.ts';
import { checkGitSignature } from '../../src/signature/check.ts';
import { gpgsigKind } from '../../src/signature/gpgsig.ts';
import { readCertificates } from '../../src/signature/openpgp/certificate.ts';
import type { Check } from '../../src/signature/signature.ts';
import { readTrustedRoot } from '../../src/signature/sigstore/trusted-root.ts';
import { parseSshPublicKey } from '../../src/signature/ssh/key.ts';
import { checkSshsig, decodeArmor } from '../../src/signature/ssh/sshsig.ts';
import { checkBinding } from '../../src/signature/x509/cms.ts';
import { openCorpus, type RealCommit } from '../kit/corpus.ts';

const test = suite('signature corpus');
const corpus = openCorpus('real signatures');

/** What OpenSSH's test signatures are; the ML-DSA one is beyond this version. */
const EXPECTED = {
  ecdsa: { kind: 'good', strength: 'software' },
  ed25519: { kind: 'good', strength: 'software' },
  rsa: { kind: 'good', strength: 'software' },
  ecdsa_sk: { kind: 'good', strength: 'presence', flags: 1, counter: 0x12345678 },
  ed25519_sk: { kind: 'good', strength: 'presence', flags: 1, counter: 0x12345678 },
  ecdsa_sk_webauthn: { kind: 'good', strength: 'presence', flags: 1, counter: 0x31f },
  'mldsa44-ed25519': { kind: 'undecided', reason: 'key-type' },
};

/** Returns the flags that the corpus noted, where the key is a security key. */
function notedFlags({ note }: RealCommit): number | undefined {
  const flags = /sk-flags=0x([0-9a-f]+)/.exec(note)?.[1];
  return flags === undefined ? undefined : parseInt(flags, 16);
}

/** What our verdict is called by the corpus. A stranger's signature is neither good nor bad. */
const CALLED: Record<Check['kind'], RealCommit['expect']> = { good: 'good', bad: 'bad', stranger: 'unknown', undecided: 'unknown' };

/** Where our verdict is another, and why. */
const LISTED: Record<string, { verdict: Check['kind']; reason: string; why: string }> = {};

/** By the word of a certificate alone, or by proof of the time: what a person's own policy says. */
const TIMES = ['proven', 'certificate'] as const;

if (corpus !== undefined) {
  const read = (name: string): Buffer => corpus.read(`sshsig/${name}`);
  for (const [name, expected] of Object.entries(EXPECTED)) {
    test(`OpenSSH's own ${name}`, () => {
      const { key: _, keyid, ...check } = checkSshsig(decodeArmor(read(`${name}.sig`))!, read('signed-data'), read('namespace').toString());
      assert.equal(check, expected);
      if (check.kind === 'good') assert.is(keyid, `ssh:${parseSshPublicKey(read(`${name}.pub`).toString()).fingerprint}`);
    });
  }

  const commits = corpus.commits();
  const certificates = await readCertificates(corpus.read('keys/web-flow.asc'));
  const trustedRoot = await readTrustedRoot(readFileSync(new URL('sigstore/public-good.json', import.meta.url)));
  const agreed = { ssh: 0, x509: 0, pgp: 0 };
  for (const commit of commits) {
    const { oid, kind, signature, expect, note } = commit;
    test(`${kind} ${oid.slice(0, 12)} is ${expect}: ${note}`, async () => {
      // One commit has a program's chatter before its armor; git refuses it.
      assert.is(gpgsigKind(signature.armor), note.startsWith('text before the armor') ? 'unknown' : { ssh: 'ssh', x509: 'x509', pgp: 'openpgp' }[kind]);
      const checks = await Promise.all(TIMES.map((keylessTime) => checkGitSignature(signature, { ...NO_ANCHORS, certificates, trustedRoot, keylessTime })));
      const check = checks[1]!;
      assert.is(CALLED[check.kind], LISTED[oid]?.verdict ?? expect);
      if (check.kind !== 'bad') for (const changed of await altered(signature, certificates)) assert.is(changed.kind === 'good', false);
      if (kind === 'ssh' && check.kind === 'good') assert.equal([check.keyid, check.strength], [`ssh:${commit.key}`, ((notedFlags(commit) ?? 0) & 1) === 1 ? 'presence' : 'software']);
      if (kind === 'x509') {
        assert.is(checkBinding(signature.armor, signature.payload).kind, 'bound');
        assert.is(checks[0]!.kind, note.includes('offline proof') ? 'good' : 'undecided');
      }
      if (!Object.hasOwn(LISTED, oid)) agreed[kind]++;
    });
  }

  test('all but those that are listed agree with their oracle', () => {
    const all = agreed.ssh + agreed.x509 + agreed.pgp;
    console.error(`noted: ${all} of ${commits.length} real commits agree with their oracle (${agreed.ssh} SSH, ${agreed.x509} X.509, ${agreed.pgp} OpenPGP), ${Object.keys(LISTED).length} listed`);
    assert.is(all + Object.keys(LISTED).length, commits.length);
  });
}

/** Checks the signature over other content. */
function altered({ armor, payload }: { armor: Uint8Array; payload: Uint8Array }, certificates: Awaited<ReturnType<typeof readCertificates>>): Promise<Check[]> {
  const more = Buffer.concat([payload, Buffer.from('\n')]);
  const other = Buffer.from(payload);
  other[other.length - 2]! ^= 1;
  return Promise.all([more, other].map((each) => checkGitSignature({ armor, payload: each }, { ...NO_ANCHORS, certificates, keylessTime: 'certificate' })));
}

test.run();
