// SPDX-License-Identifier: Apache-2.0
// The pre-authentication encoding of DSSE v1 (github.com/secure-systems-lab/dsse, protocol.md). Every signature of this
// project, in a stamp or in an envelope, is over these bytes: type and length are signed along, nothing can be re-read as
// another type.
import { concat, utf8 } from '../bytes.ts';

/** Returns `DSSEv1 SP length(type) SP type SP length(body) SP body`, lengths in bytes as decimal text. */
export function pae(type: string, body: Uint8Array): Uint8Array {
  const name = utf8(type);
  return concat(utf8(`DSSEv1 ${name.length} `), name, utf8(` ${body.length} `), body);
}
