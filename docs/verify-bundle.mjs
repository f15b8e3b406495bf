// SPDX-License-Identifier: Apache-2.0
// Checks one Sigstore bundle as countersign checks a keyless signature, by the command line that the Sigstore project's
// conformance suite uses (docs/keyless.md tells how to run that): a bundle, an artifact, an identity, its issuer, a root.
// Offline. Exit status as of `countersign verify`: 0 good, 1 bad, 2 wrong usage, 3 unknown.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { bundleFromJSON, bundleToJSON } from '@sigstore/bundle';
import { NO_ANCHORS } from '../dist/signature/anchors.js';
import { checkBundle } from '../dist/signature/sigstore/bundle.js';
import { readTrustedRoot } from '../dist/signature/sigstore/trusted-root.js';

const USAGE = 'usage: node docs/verify-bundle.mjs [verify-bundle] --bundle FILE --certificate-identity IDENTITY --certificate-oidc-issuer URL --trusted-root FILE ARTIFACT';

/**
 * Returns a bundle as evidence would have it, in version 0.3 and in its one spelling, where that changes nothing of what it
 * says: older versions may have a chain where this one has a certificate. Any other text is handed on as it stands.
 */
function spelled(bundleText) {
  try {
    const bundle = bundleFromJSON(JSON.parse(bundleText));
    const { verificationMaterial: material } = bundle;
    const chain = material.content.$case === 'x509CertificateChain' ? material.content.x509CertificateChain.certificates : [];
    const content = chain.length === 1 ? { $case: 'certificate', certificate: chain[0] } : material.content;
    const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
    return Buffer.from(JSON.stringify(bundleToJSON({ ...bundle, mediaType, verificationMaterial: { ...material, content } })));
  } catch {
    return Buffer.from(bundleText);
  }
}

function readArguments() {
  const text = { type: 'string' };
  const options = { 'bundle': text, 'certificate-identity': text, 'certificate-oidc-issuer': text, 'trusted-root': text };
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const complete = Object.keys(options).every((name) => values[name] !== undefined) && positionals.length > 0;
    return complete ? { ...values, artifact: positionals.at(-1) } : undefined;
  } catch {
    return undefined;
  }
}

const values = readArguments();
if (values === undefined) {
  console.error(USAGE);
  process.exit(2);
}

const trustedRoot = await readTrustedRoot(await readFile(values['trusted-root']));
const check = await checkBundle(spelled(await readFile(values.bundle, 'utf8')), await readFile(values.artifact), { ...NO_ANCHORS, trustedRoot });
const wanted = `sigstore:${values['certificate-oidc-issuer']}#${values['certificate-identity']}`;
if (check.kind === 'good' && check.keyid === wanted) {
  console.log(`good: ${check.keyid}, no later than ${new Date(check.signedAt * 1000).toISOString()}`);
} else if (check.kind === 'undecided') {
  console.log(`unknown: ${check.reason}`);
  process.exitCode = 3;
} else {
  console.log(`bad: ${check.kind === 'good' ? `signed by ${check.keyid}` : check.reason}`);
  process.exitCode = 1;
}
