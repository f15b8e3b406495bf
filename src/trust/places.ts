// SPDX-License-Identifier: Apache-2.0
// Where policy, roster and keys stand in a repository.
import { pathOf } from '../oid.ts';

export const FOLDER = pathOf('.countersign');
export const POLICY_PATH = pathOf('.countersign/policy.yaml');
export const ROSTER_PATH = pathOf('.countersign/roster.yaml');
/** OpenPGP certificates, certification authorities and Sigstore's trusted root; a change of it is a change of the roster. */
export const KEYS_FOLDER = pathOf('.countersign/keys');
