// SPDX-License-Identifier: Apache-2.0
// countersign people trust-root: which Sigstore keyless signatures are held against.
import { Fault } from '../../fault.ts';
import { printable } from '../../printable.ts';
import { pinRoot, publicRoot, renewedRoot } from '../../setup/trust-root.ts';
import { readKeyFile } from '../../signer/key-file.ts';
import { pathIn } from '../../signer/spec.ts';
import type { Anchor } from '../../signature/sigstore/root-description.ts';
import { command, type Context } from '../command.ts';
import { deskOf, saved } from '../desk.ts';
import { placeOf } from '../flags.ts';

const MOST = 256 * 1024;

export const trustRoot = command({
  name: 'trust-root [file]',
  summary: 'pin the Sigstore that keyless signatures are held against: the public one, or that of a file',
  words: { file: { type: 'string', describe: "a private Sigstore's trusted_root.json" } },
  flags: { refresh: { type: 'boolean', default: false, describe: 'fetch the public one anew (TUF); else no network is used' } },
  async run(args, context) {
    const desk = await deskOf(context);
    const { anchors, dropped, edited } = await pinRoot(desk, await bytesOf(args, context));
    const { terminal } = context;
    for (const anchor of anchors) await terminal.print(`${lineOf(anchor)}\n`);
    for (const anchor of dropped) terminal.warn(`countersign: warning: no longer pinned, so that what it proves counts no more: ${lineOf(anchor).replace(/ {2,}/, ' ')}`);
    if (edited === undefined) terminal.say('this root is pinned already, nothing was changed');
    else saved('.countersign/keys/trusted-root.json is written', edited, context);
    return 0;
  },
});

async function bytesOf({ file, refresh }: { file?: string | undefined; refresh: boolean }, context: Context): Promise<Uint8Array> {
  if (file === undefined) return refresh ? renewedRoot() : publicRoot();
  if (refresh) throw new Fault('USAGE', '--refresh goes with no file', { hint: 'it fetches the public root' });
  return (await readKeyFile(pathIn(file, placeOf(context)), MOST)).bytes;
}

function lineOf({ kind, name, fingerprint, from, until }: Anchor): string {
  const time = `${from === undefined ? '' : ` from ${dayOf(from)}`}${until === undefined ? '' : ` until ${dayOf(until)}`}`;
  return `${kind.padEnd(15)} ${printable(name)}${time} (SHA-256 ${fingerprint.slice(0, 16)}…)`;
}

function dayOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'no day' : date.toISOString().slice(0, 10);
}
