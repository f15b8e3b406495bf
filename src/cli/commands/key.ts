// SPDX-License-Identifier: Apache-2.0
// countersign people key: keys for people who have none. Made here, and in nobody's roster until they are added.
import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '../../fault.ts';
import { utf8 } from '../../bytes.ts';
import { ID } from '../../id.ts';
import { printable, shellWord } from '../../printable.ts';
import { findLayout } from '../../repo/layout.ts';
import { readTrustTexts } from '../../setup/texts.ts';
import { keyPath, makeKey } from '../../signer/new-key.ts';
import { askPassphrase } from '../../signer/passphrase.ts';
import { parseRoster, type Person, type Roster } from '../../trust/roster.ts';
import { command, group, type Context } from '../command.ts';

const newKey = command({
  name: 'new <id>',
  summary: 'make a key that signs, kept in a file with a passphrase',
  words: { id: { type: 'string', demandOption: true, describe: 'whose: a short name, in the roster or not yet' } },
  flags: {
    openpgp: { type: 'boolean', default: false, describe: 'an OpenPGP key (for an SSH key use ssh-keygen)' },
    name: { type: 'string', requiresArg: true, describe: "full name; the roster's if not given" },
    email: { type: 'string', requiresArg: true, describe: "address; the roster's first if not given" },
    out: { type: 'string', requiresArg: true, describe: 'where to; ~/.config/countersign/keys/<id>.asc if not given' },
    'no-passphrase': { type: 'boolean', default: false, describe: 'whoever can read the file can sign with it' },
  },
  async run(args, context) {
    const { terminal, env, dir } = context;
    if (!args.openpgp) throw new Fault('USAGE', 'which kind of key is not said', { hint: `countersign people key new ${printable(args.id)} --openpgp, or make an SSH key with "ssh-keygen -t ed25519-sk"` });
    if (!ID.test(args.id)) throw new Fault('USAGE', `not an id: ${printable(args.id.slice(0, 80))}`, { hint: 'lower-case letters, digits, dot, dash and underscore, at most 64' });
    const roster = await findRoster(context);
    const person = roster?.people[args.id];
    const { name, email } = bearer(args, person);
    const path = args.out === undefined ? keyPath(args.id, env) : resolve(dir, args.out);
    // Told before a passphrase is thought up for it; it is made sure again when the file is written.
    if (await lstat(path).catch(() => undefined)) throw new Fault('FILE_FAILED', `there is a file already at ${printable(path)}`, { hint: 'keep it, or name another place with --out' });
    const made = await makeKey(path, name, email, args['no-passphrase'] ? undefined : askPassphrase);
    terminal.say(`wrote ${printable(made.path)}, key ${made.fingerprint}`);
    if (args['no-passphrase']) terminal.warn('countersign: warning: it has no passphrase: whatever runs as you, an agent too, can sign with it');
    const spec = shellWord(`openpgp:${made.path}`);
    if (roster === undefined) terminal.say(`next, in a repository: countersign init --person ${args.id} --name ${shellWord(name)} --email ${shellWord(email)} --signer ${spec}`);
    else {
      const who = person === undefined ? ` --name ${shellWord(name)} --email ${shellWord(email)}` : '';
      terminal.say(`next: countersign people add ${args.id}${who} --key ${spec}`);
      terminal.say(`      git config countersign.signer ${spec}`);
    }
    return 0;
  },
});

export const keyGroup = group('key', 'keys for people', [newKey]);

/** Returns the name and address that the key bears: those given, else the roster's. */
function bearer({ id, name, email }: { id: string; name?: string | undefined; email?: string | undefined }, person: Person | undefined): { name: string; email: string } {
  const [fullName, address] = [name ?? person?.name, email ?? person?.emails[0]];
  if (fullName !== undefined && address !== undefined) return { name: fullName, email: address };
  throw new Fault('PERSON_UNKNOWN', `${printable(id)} is not in the roster with a name and an address`, { hint: 'say --name and --email' });
}

/** The roster of the working tree; outside of any repository there is none. */
async function findRoster({ dir, env }: Context): Promise<Roster | undefined> {
  const layout = await findLayout(dir, env).catch((thrown: unknown) => {
    if (thrown instanceof Fault && thrown.code === 'REPO_NOT_FOUND') return undefined;
    throw thrown;
  });
  const texts = layout?.toplevel === undefined ? undefined : await readTrustTexts(layout.toplevel);
  return texts && parseRoster(utf8(texts.roster));
}
