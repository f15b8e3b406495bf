// SPDX-License-Identifier: Apache-2.0
// The commit that the spec shows first, made by the code from fixed keys and dates, so that the page can be held to it.
import { latin1 } from '../../src/bytes.ts';
import { newUlid } from '../../src/ulid.ts';
import { History, type Session } from '../kit/history.ts';
import { softwareHand } from '../kit/person.ts';
import { ed25519Point, ed25519Private } from '../vectors/fixed-keys.ts';

const BEFORE = 'export function signIn(user: string) {\n  return user.trim();\n}\n';
const AFTER = 'export function signIn(user: string) {\n  return user.trim().toLowerCase();\n}\n';

/** Returns the raw commit as text. Nothing in it depends on chance, time or machine. */
export async function exampleCommit(): Promise<string> {
  const alice = softwareHand(ed25519Private(0));
  const history = await History.make({ hands: { alice }, files: { 'src/sign-in.ts': BEFORE } });
  try {
    const id = `${newUlid(history.now * 1000).slice(0, 10)}W6T3E9Q8C6T4XK2N` as Session['id'];
    const drawn = history.session({ id, agent: 'claude-code/2.1.4', model: 'claude-opus-5', key: Buffer.from(ed25519Point(1)).toString('base64') });
    const session = { ...drawn, privatePem: ed25519Private(1).export({ format: 'pem', type: 'pkcs8' }) as string };
    const commit = await history.commit({
      by: session,
      files: { 'src/sign-in.ts': AFTER, ...session.file },
      message: 'sign-in: names are not case-sensitive\n\nReported by two customers.\n\nReviewed-by: Bob Example <bob@example.com>',
    });
    return latin1(history.scratch.bytes(['cat-file', 'commit', commit]));
  } finally {
    await history.close();
  }
}
