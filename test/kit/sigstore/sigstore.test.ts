// SPDX-License-Identifier: Apache-2.0
// The Sigstore of the tests, judged by Sigstore's own client and verifier alone: what the tests lean on holds by itself.
import { X509Certificate } from 'node:crypto';
import { bundleFromJSON, bundleToJSON, type SerializedBundle } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { FulcioSigner, MessageSignatureBundleBuilder, RekorWitness, TSAWitness, type Witness } from '@sigstore/sign';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startSigstore } from './sigstore.ts';

const test = suite('kit: sigstore');

const sigstore = await startSigstore();
const { url } = sigstore;
const DATA = Buffer.from('what is signed');

const rekor = (majorApiVersion: number): Witness => new RekorWitness({ rekorBaseURL: url, majorApiVersion });
const tsa = (): Witness => new TSAWitness({ tsaBaseURL: url });

async function sign(witnesses: Witness[], claims: Record<string, unknown> = { email: 'alice@example.com' }): Promise<SerializedBundle> {
  const signer = new FulcioSigner({ fulcioBaseURL: url, identityProvider: { getToken: () => sigstore.token(claims) } });
  return bundleToJSON(await new MessageSignatureBundleBuilder({ signer, witnesses }).create({ data: DATA }));
}

function verify(bundle: SerializedBundle, logs: number, times: number): void {
  const material = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(Buffer.from(sigstore.trustedRoot).toString())));
  const verifier = new Verifier(material, { tlogThreshold: logs, ctlogThreshold: 1, timestampThreshold: times });
  verifier.verify(toSignedEntity(bundleFromJSON(bundle), DATA), { subjectAlternativeName: '^alice@example\\.com$', extensions: { issuer: sigstore.issuer } });
}

const SHAPES: Record<string, [witnesses: () => Witness[], logs: number, times: number]> = {
  'Rekor': [() => [rekor(1)], 1, 1],
  'Rekor and a timestamp': [() => [rekor(1), tsa()], 1, 2],
  "Rekor's second version and a timestamp": [() => [rekor(2), tsa()], 1, 1],
  'a timestamp': [() => [tsa()], 0, 1],
};

for (const [name, [witnesses, logs, times]] of Object.entries(SHAPES)) {
  test(`${name}: signed and verified, several times`, async () => {
    for (let round = 0; round < 3; round++) verify(await sign(witnesses()), logs, times);
  });
}

test('a person is an e-mail address, a workload a URI', async () => {
  const nameOf = (bundle: SerializedBundle): string | undefined => {
    const { certificate, x509CertificateChain } = bundle.verificationMaterial;
    const { rawBytes = '' } = certificate ?? x509CertificateChain?.certificates[0] ?? {};
    return new X509Certificate(Buffer.from(rawBytes, 'base64')).subjectAltName;
  };
  assert.is(nameOf(await sign([tsa()])), 'email:alice@example.com');
  const workload = 'https://github.com/o/r/.github/workflows/x.yml@refs/heads/main';
  assert.is(nameOf(await sign([tsa()], { sub: workload })), `URI:${workload}`);
});

test('a token for somebody else, or by somebody else, gets no certificate', async () => {
  const other = await startSigstore();
  for (const token of [sigstore.token({ aud: 'other', email: 'alice@example.com' }), other.token({ email: 'alice@example.com' })]) {
    const signer = new FulcioSigner({ fulcioBaseURL: url, identityProvider: { getToken: () => token }, retry: 0 });
    let refused = false;
    await signer.sign(DATA).catch(() => (refused = true));
    assert.ok(refused);
  }
  await other.close();
});

test.after(() => sigstore.close());

test.run();
