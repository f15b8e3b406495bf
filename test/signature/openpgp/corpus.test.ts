// SPDX-License-Identifier: Apache-2.0
// OpenPGP-signed commits of public repositories, against GitHub's own key file. They are not part of this repository;
// COUNTERSIGN_CORPUS names the folder that holds them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCommit } from '../../../src/commit/raw.ts';
import { readCertificates } from '../../../src/signature/openpgp/certificate.ts';
import { describeCertificate } from '../../../src/signature/openpgp/description.ts';
import { checkArmored } from '../../../src/signature/openpgp/openpgp.ts';
import { ask, hasGpg } from './oracle.ts';

const test = suite('openpgp corpus');
const corpus = process.env['COUNTERSIGN_CORPUS'];

interface CorpusCommit {
  oid: string;
  kind: string;
  raw: string;
  expect: 'good' | 'bad' | 'unknown';
  note: string;
}

/** What we call them. A stranger's signature is neither good nor bad. */
const KINDS = { good: ['good'], bad: ['bad'], unknown: ['stranger', 'undecided'] };

if (corpus === undefined || !existsSync(join(corpus, 'commits.ndjson'))) {
  console.error('skipped: REAL OPENPGP SIGNATURES NOT TESTED, set COUNTERSIGN_CORPUS to the folder that holds commits.ndjson and keys/');
} else {
  const webFlow = readFileSync(join(corpus, 'keys', 'web-flow.asc'));
  const certificates = await readCertificates(webFlow);
  const commits = readFileSync(join(corpus, 'commits.ndjson'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as CorpusCommit).filter(({ kind }) => kind === 'pgp');

  test("GitHub's keys", () => {
    assert.equal(certificates.map(describeCertificate), [
      { algorithm: 'rsa2048', userIds: ['GitHub (web-flow commit signing) <noreply@github.com>'], createdAt: 1502898241, expiresAt: 1705435200, signs: true },
      { algorithm: 'rsa4096', userIds: ['GitHub <noreply@github.com>'], createdAt: 1705428342, signs: true },
    ]);
  });

  for (const { oid, raw, expect, note } of commits) {
    test(`${oid.slice(0, 12)} is ${expect}: ${note}`, async () => {
      const { armor, payload } = parseCommit(Buffer.from(raw, 'base64'), 'sha1').signature!;
      const check = await checkArmored(armor, payload, certificates);
      assert.ok(KINDS[expect].includes(check.kind), JSON.stringify(check));
      if (expect !== 'good') return;
      if (hasGpg) assert.ok(['G', 'Y'].includes(ask(webFlow, armor, payload)));
      const changed = await checkArmored(armor, Buffer.concat([payload, Buffer.from('\n')]), certificates);
      assert.is('reason' in changed && changed.reason, 'signature');
    });
  }
}

test.run();
