// SPDX-License-Identifier: Apache-2.0
// Real signatures: OpenSSH's own test files, and SSH-signed commits of public repositories. They are not part of this
// repository; COUNTERSIGN_CORPUS names the folder that holds them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromLatin1, latin1 } from '../../src/bytes.ts';
import { gpgsigKind } from '../../src/signature/gpgsig.ts';
import { parseSshPublicKey } from '../../src/signature/ssh/key.ts';
import { checkSshsig, decodeArmor } from '../../src/signature/ssh/sshsig.ts';
import type { SshCheck } from '../../src/signature/ssh/sshsig.ts';

const test = suite('signature corpus');
const corpus = process.env['COUNTERSIGN_CORPUS'];

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

interface CorpusCommit {
  oid: string;
  kind: 'ssh' | 'x509' | 'pgp';
  raw: string;
  expect: 'good' | 'bad' | 'unknown';
  key: string;
  note: string;
}

/** Takes the signature out of a commit, as simply as it can be done for well-formed ones. */
function split(raw: Uint8Array): { armor: Uint8Array; payload: Uint8Array } {
  const text = latin1(raw);
  const header = /^gpgsig ([^\n]*(?:\n [^\n]*)*)\n/m.exec(text)!;
  const payload = text.slice(0, header.index) + text.slice(header.index + header[0].length);
  return { armor: fromLatin1(header[1]!.replaceAll('\n ', '\n')), payload: fromLatin1(payload) };
}

function checkCommit(commit: CorpusCommit): SshCheck {
  const { armor, payload } = split(Buffer.from(commit.raw, 'base64'));
  const blob = decodeArmor(armor);
  return blob === undefined ? { kind: 'bad', reason: 'malformed' } : checkSshsig(blob, payload, 'git');
}

/** Returns the flags that the corpus noted, where the key is a security key. */
function notedFlags({ note }: CorpusCommit): number | undefined {
  const flags = /sk-flags=0x([0-9a-f]+)/.exec(note)?.[1];
  return flags === undefined ? undefined : parseInt(flags, 16);
}

if (corpus === undefined || !existsSync(join(corpus, 'commits.ndjson'))) {
  console.error('skipped: REAL SIGNATURES NOT TESTED, set COUNTERSIGN_CORPUS to the folder that holds commits.ndjson and sshsig/');
  test('without a corpus nothing is claimed', () => assert.not(corpus !== undefined && existsSync(join(corpus, 'commits.ndjson'))));
} else {
  const read = (name: string): Buffer => readFileSync(join(corpus, 'sshsig', name));
  for (const [name, expected] of Object.entries(EXPECTED)) {
    test(`OpenSSH's own ${name}`, () => {
      const { key: _, keyid, ...check } = checkSshsig(decodeArmor(read(`${name}.sig`))!, read('signed-data'), read('namespace').toString());
      assert.equal(check, expected);
      if (check.kind === 'good') assert.is(keyid, `ssh:${parseSshPublicKey(read(`${name}.pub`).toString()).fingerprint}`);
    });
  }

  const commits = readFileSync(join(corpus, 'commits.ndjson'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as CorpusCommit);
  for (const commit of commits) {
    test(`the kind of ${commit.oid.slice(0, 12)}`, () => {
      const named = { ssh: 'ssh', x509: 'x509', pgp: 'openpgp' }[commit.kind];
      // One commit has a program's chatter before its armor; git refuses it.
      const kind = commit.note.startsWith('text before the armor') ? 'unknown' : named;
      assert.is(gpgsigKind(split(Buffer.from(commit.raw, 'base64')).armor), kind);
    });
  }
  for (const commit of commits.filter(({ kind }) => kind === 'ssh')) {
    test(`${commit.oid.slice(0, 12)} is ${commit.expect}: ${commit.note}`, () => {
      const check = checkCommit(commit);
      assert.is(check.kind, commit.expect);
      if (check.kind !== 'good') return;
      assert.is(check.keyid, `ssh:${commit.key}`);
      assert.is(check.flags, notedFlags(commit));
    });
  }
}

test.run();
