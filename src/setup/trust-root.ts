// SPDX-License-Identifier: Apache-2.0
// The Sigstore root that a repository pins: the public one as the package @sigstore/tuf carries it, renewed through TUF where
// somebody asks for that, or a private one from a file. Written like every change of who is who: with the next serial.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equal, fromUtf8, utf8 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { pathOf, type Path } from '../oid.ts';
import { readWorkFile } from '../repo/worktree.ts';
import { describeTrustedRoot, type Anchor } from '../signature/sigstore/root-description.ts';
import { readTrustedRoot } from '../signature/sigstore/trusted-root.ts';
import { TRUSTED_ROOT } from '../trust/key-files.ts';
import { FOLDER } from '../trust/places.ts';
import { writeKeyFile, type Desk, type Edited } from './people.ts';

export const ROOT_PATH: Path = pathOf(`${FOLDER}/${TRUSTED_ROOT}`);

export interface Pinned {
  anchors: Anchor[];
  /** What the root before pinned and this one does not. */
  dropped: Anchor[];
  /** Undefined where this very root was pinned already, and nothing was written. */
  edited: Edited | undefined;
}

const MIRROR = 'https://tuf-repo-cdn.sigstore.dev';
const TARGET = 'trusted_root.json';

/** Returns the root of the public Sigstore as it was when the package was made. No network. */
export async function publicRoot(): Promise<Uint8Array> {
  const seeds = JSON.parse(await readFile(fileURLToPath(import.meta.resolve('@sigstore/tuf/seeds.json')), 'utf8')) as Record<string, { targets: Record<string, string> }>;
  return Buffer.from(seeds[MIRROR]?.targets[TARGET] ?? '', 'base64');
}

/**
 * Returns the root of the public Sigstore as it is now. What is fetched is signed, from the root keys of the package on (TUF);
 * nothing is kept but the answer.
 * @throws Fault SIGNER_UNAVAILABLE where it can't be had, or its signatures do not hold
 */
export async function renewedRoot(mirrorURL = MIRROR): Promise<Uint8Array> {
  const cachePath = await mkdtemp(join(tmpdir(), 'countersign-tuf-'));
  try {
    const { initTUF } = await import('@sigstore/tuf');
    const client = await initTUF({ cachePath, mirrorURL, forceInit: true });
    return utf8(await client.getTarget(TARGET));
  } catch (cause) {
    throw new Fault('SIGNER_UNAVAILABLE', `can't get the root from ${mirrorURL}`, { cause, hint: 'leave out --refresh to take the one that this version carries' });
  } finally {
    await rm(cachePath, { recursive: true, force: true });
  }
}

/**
 * Pins a root in the working tree.
 * @throws Fault KEY_INVALID where it is none, ADOPTION_MISSING, POLICY_INVALID, ROSTER_INVALID, FILE_FAILED
 */
export async function pinRoot(desk: Desk, bytes: Uint8Array): Promise<Pinned> {
  const anchors = await describeTrustedRoot(await readTrustedRoot(bytes));
  const before = await readWorkFile(desk.toplevel, ROOT_PATH);
  if (before !== undefined && equal(before, bytes)) return { anchors, dropped: [], edited: undefined };
  const edited = await writeKeyFile(desk, ROOT_PATH, bytes);
  const names = new Set(anchors.map(nameOf));
  return { anchors, dropped: (await pinnedBy(before)).filter((anchor) => !names.has(nameOf(anchor))), edited };
}

/** A root that can't be read pinned nothing. */
async function pinnedBy(bytes: Uint8Array | undefined): Promise<Anchor[]> {
  if (bytes === undefined || fromUtf8(bytes) === undefined) return [];
  return readTrustedRoot(bytes).then(describeTrustedRoot, () => []);
}

function nameOf({ kind, fingerprint }: Anchor): string {
  return `${kind} ${fingerprint}`;
}
