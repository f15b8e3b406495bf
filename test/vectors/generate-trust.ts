// SPDX-License-Identifier: Apache-2.0
// Writes glob.json, policy.json and the JSON Schemas in docs/: `node --import tsx test/vectors/generate-trust.ts`. A
// test compares them with what this would write.
import { writeFileSync } from 'node:fs';
import { trustFiles } from './trust-files.ts';

for (const [file, text] of Object.entries(trustFiles())) writeFileSync(new URL(`../../${file}`, import.meta.url), text);
