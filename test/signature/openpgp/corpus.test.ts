// SPDX-License-Identifier: Apache-2.0
// OpenPGP-signed commits of public repositories, against GitHub's own key file.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCertificates } from '../../../src/signature/openpgp/certificate.ts';
import { describeCertificate } from '../../../src/signature/openpgp/description.ts';
import { checkArmored } from '../../../src/signature/openpgp/openpgp.ts';
import { openCorpus } from '../../kit/corpus.ts';
import { ask, hasGpg } from './oracle.ts';

const test = suite('openpgp corpus');
const corpus = openCorpus('real OpenPGP signatures');

/** What we call them. A stranger's signature is neither good nor bad. */
const KINDS = { good: ['good'], bad: ['bad'], unknown: ['stranger', 'undecided'] };

if (corpus !== undefined) {
  const webFlow = corpus.read('keys/web-flow.asc');
  const certificates = await readCertificates(webFlow);

  test("GitHub's keys", () => {
    assert.equal(certificates.map(describeCertificate), [
      { algorithm: 'rsa2048', userIds: ['GitHub (web-flow commit signing) <noreply@github.com>'], createdAt: 1502898241, expiresAt: 1705435200, signs: true },
      { algorithm: 'rsa4096', userIds: ['GitHub <noreply@github.com>'], createdAt: 1705428342, signs: true },
    ]);
  });

  for (const { oid, signature: { armor, payload }, expect, note } of corpus.commits('pgp')) {
    test(`${oid.slice(0, 12)} is ${expect}: ${note}`, async () => {
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
