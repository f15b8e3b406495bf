// SPDX-License-Identifier: Apache-2.0
// Names that are tags, as this clone's refs have them. The object that a name stands for is not read here, and never
// trusted to say its own name.
import { latin1, fromLatin1, fromUtf8 } from '../bytes.ts';
import { isOid, type Oid } from '../oid.ts';
import type { Layout } from './layout.ts';
import { runGit, type Env } from './process.ts';
import { candidates } from './refs.ts';

/** A tag's ref: the name without `refs/tags/`, and what it points at, unpeeled: a tag object, or of a lightweight tag the commit. */
export interface TagRef {
  name: string;
  oid: Oid;
}

const FOLDER = 'refs/tags/';

/** Returns the tag that a revision names as it stands (`v1.2.0`, `refs/tags/v1.2.0`), or undefined. @throws Fault GIT_FAILED */
export async function findTag(layout: Layout, revision: string, env?: Env): Promise<TagRef | undefined> {
  // steps and peeling (`v1^{commit}`, `v1~2`) ask for a commit
  if (/[\^~:]|@\{/.test(revision)) return undefined;
  const refs = revision.startsWith('refs/') ? [revision] : candidates(revision, layout.objectFormat);
  const names = refs.flatMap((ref) => (ref.startsWith(FOLDER) ? [ref.slice(FOLDER.length)] : []));
  return names.length === 0 ? undefined : (await list(layout, names.map((name) => FOLDER + name), env)).find(({ name }) => names.includes(name));
}

/** Returns all tags whose names are text, in the order of their names. @throws Fault GIT_FAILED */
export function listTags(layout: Layout, env?: Env): Promise<TagRef[]> {
  return list(layout, [FOLDER], env);
}

async function list(layout: Layout, patterns: readonly string[], env: Env | undefined): Promise<TagRef[]> {
  const { stdout } = await runGit(['for-each-ref', '--format=%(objectname) %(refname)', ...patterns], { layout, ...(env && { env }) });
  return latin1(stdout).split('\n').flatMap((line) => {
    const space = line.indexOf(' ');
    const [oid, name] = [line.slice(0, space), fromUtf8(fromLatin1(line.slice(space + 1 + FOLDER.length)))];
    return isOid(oid, layout.objectFormat) && name !== undefined ? [{ name, oid }] : [];
  });
}
