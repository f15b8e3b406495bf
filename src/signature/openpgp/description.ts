// SPDX-License-Identifier: Apache-2.0
// A certificate in the words of a listing: for people, who see only what the key's owner vouches for.
import { clip, printable } from '../../printable.ts';
import type { Certificate } from './certificate.ts';
import { expiryOf, newestView, refusalOf, standingsOf } from './standing.ts';

export interface Description {
  /** Of the primary key: `rsa4096`, `ed25519`, `nistp256`; `unknown` where we don't know it. */
  algorithm: string;
  /** Self-signed and not taken back, the newest first; printable, each cut to 200 characters, 16 at most. */
  userIds: string[];
  /** Seconds since the epoch, as all times here. */
  createdAt: number;
  /** By the newest self-signature; absent where it never expires. */
  expiresAt?: number;
  /** The first revocation that voids all, or else the first. */
  revoked?: { at: number; reason: 'compromised' | 'retired' };
  /** Some key in it could sign at its own beginning or when it was last self-signed; else nothing will ever be good by it. */
  signs: boolean;
}

export function describeCertificate(certificate: Certificate): Description {
  const { primary } = certificate.parts;
  const standings = standingsOf(certificate);
  const standing = standings.get(primary)!;
  const view = newestView(standing);
  const expiresAt = expiryOf(view);
  const texts = view.flatMap(({ user }) => (user?.text === undefined ? [] : clip(printable(user.text), 200)));
  const revocation = [...standing.revocations].sort((a, b) => Number(b.isHard) - Number(a.isHard) || a.at - b.at)[0];
  const signs = [...standings.values()].some(({ key, statements }) =>
    typeof key.material !== 'string' && [key.createdAt, ...statements.map(({ createdAt }) => createdAt)].some((at) => !refusalOf(certificate, key, at)));
  return {
    algorithm: primary.word,
    userIds: texts.slice(0, 16),
    createdAt: primary.createdAt,
    ...(expiresAt === Infinity ? {} : { expiresAt }),
    ...(revocation ? { revoked: { at: revocation.at, reason: revocation.isHard ? 'compromised' : 'retired' } } : {}),
    signs,
  };
}
