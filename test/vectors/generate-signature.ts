// SPDX-License-Identifier: Apache-2.0
// Writes sshsig.json and dsse.json: `node --import tsx test/vectors/generate-signature.ts`. A test compares them with what this would write.
import { writeFileSync } from 'node:fs';
import { dsseVectors } from './dsse-vectors.ts';
import { sshsigVectors } from './sshsig-vectors.ts';
import { printVectors } from './vector.ts';

for (const [name, file] of Object.entries({ sshsig: sshsigVectors, dsse: dsseVectors })) {
  writeFileSync(new URL(`${name}.json`, import.meta.url), printVectors(file));
}
