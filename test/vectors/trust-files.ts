// SPDX-License-Identifier: Apache-2.0
// The generated files of the trust room, by path from the project's root.
import { policySchema } from '../../src/trust/policy.ts';
import { rosterSchema } from '../../src/trust/roster.ts';
import { globVectors } from './glob-vectors.ts';
import { policyVectors } from './policy-vectors.ts';
import { printVectors } from './vector.ts';

export function trustFiles(): Record<string, string> {
  return {
    'test/vectors/glob.json': printVectors(globVectors),
    'test/vectors/policy.json': printVectors(policyVectors),
    'docs/policy.schema.json': `${JSON.stringify(policySchema(), undefined, 2)}\n`,
    'docs/roster.schema.json': `${JSON.stringify(rosterSchema(), undefined, 2)}\n`,
  };
}
