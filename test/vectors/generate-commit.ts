// SPDX-License-Identifier: Apache-2.0
// Writes commit-payload.json, change.json, edit.json and message.json: `node --import tsx test/vectors/generate-commit.ts`. A test
// compares them with what this would write.
import { writeFileSync } from 'node:fs';
import { commitPayloadVectors } from './commit-payload-vectors.ts';
import { changeVectors, editVectors, messageVectors } from './digest-vectors.ts';
import { printVectors } from './vector.ts';

const files = { 'commit-payload': commitPayloadVectors, change: changeVectors, edit: editVectors, message: messageVectors };
for (const [name, file] of Object.entries(files)) writeFileSync(new URL(`${name}.json`, import.meta.url), printVectors(file));
