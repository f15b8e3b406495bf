// SPDX-License-Identifier: Apache-2.0
// Writes stamp.json, trailers.json and evidence.json: `node --import tsx test/vectors/generate-statement.ts`. A test compares them with
// what this would write.
import { writeFileSync } from 'node:fs';
import { evidenceVectors } from './evidence-vectors.ts';
import { stampVectors } from './stamp-vectors.ts';
import { trailersVectors } from './trailers-vectors.ts';
import { printVectors } from './vector.ts';

const files = { stamp: stampVectors, trailers: trailersVectors, evidence: evidenceVectors };
for (const [name, file] of Object.entries(files)) writeFileSync(new URL(`${name}.json`, import.meta.url), printVectors(file));
