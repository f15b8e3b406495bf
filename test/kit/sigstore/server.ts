// SPDX-License-Identifier: Apache-2.0
// Sigstore as a process, for shells: `node --import tsx test/kit/sigstore/server.ts FOLDER &`. When FOLDER/settings.sh is
// there it answers; sourced, that tells git and Node of it and puts a browser on PATH that signs in at once, as $SIGN_IN_AS or
// alice@example.com. FOLDER/requests has a line for each request. It ends with the process that started it.
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startSigstore } from './sigstore.ts';

const BROWSER = `const url = new URL(process.argv[2]);
if (process.env.SIGN_IN_AS) url.searchParams.set('login_hint', process.env.SIGN_IN_AS);
fetch(url);
`;

const folder = resolve(process.argv[2]!);
const bin = join(folder, 'bin');
mkdirSync(bin, { recursive: true });
writeFileSync(join(folder, 'requests'), '');
const { url, issuer, certificate, trustedRoot } = await startSigstore((request) => appendFileSync(join(folder, 'requests'), `${request}\n`));
writeFileSync(join(folder, 'trusted_root.json'), trustedRoot);
writeFileSync(join(folder, 'certificate.pem'), certificate);
// xdg-open on Linux, open on macOS
for (const name of ['xdg-open', 'open']) writeFileSync(join(bin, name), `#!${process.execPath}\n${BROWSER}`, { mode: 0o755 });

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const settings = { fulcio: url, rekor: url, issuer };
writeFileSync(join(folder, 'settings'), [
  ...Object.entries(settings).map(([name, value]) => `git config --global countersign.sigstore.${name} ${value}`),
  `export ISSUER=${issuer} SIGSTORE_SERVICES=${url} NODE_EXTRA_CA_CERTS=${quote(join(folder, 'certificate.pem'))} DISPLAY=:0 PATH=${quote(bin)}:"$PATH"`,
  'unset SSH_CONNECTION',
  '',
].join('\n'));
// Whoever waits for it finds it whole.
renameSync(join(folder, 'settings'), join(folder, 'settings.sh'));

const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(0), 250);
