// SPDX-License-Identifier: Apache-2.0
// malleable-commit: somebody else could change this object, and so its id, without invalidating git's signature on it. Lines
// like `Comment:` in an OpenPGP armor are only warned of: gpg can be told to write them.
import { armorHeaders } from '../../signature/openpgp/armor.ts';
import type { CommitRule } from '../rule.ts';

export const malleableCommit: CommitRule = {
  name: 'malleable-commit',
  judge({ raw: { malleable, signature } }) {
    if (malleable) return [{ message: `its headers can be changed without breaking its signature: ${malleable}`, hint: 'make the commit again with plain git' }];
    const [header] = signature ? armorHeaders(signature.armor) : [];
    if (header === undefined) return [];
    return [{ level: 'warn', message: `its signature's armor has a line that anybody can change: ${header}`, hint: 'take "comment" and "emit-version" out of gpg.conf' }];
  },
};
