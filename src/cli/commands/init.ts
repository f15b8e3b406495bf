// SPDX-License-Identifier: Apache-2.0
// countersign init: asks for what flags leave open, sets the repository up, and says what comes next.
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../../fault.ts';
import { printable } from '../../printable.ts';
import { readConfig } from '../../repo/config.ts';
import { findLayout, type Layout } from '../../repo/layout.ts';
import { readGitSigning } from '../../signer/git-settings.ts';
import { readPublicKey, settleSpec } from '../../signer/key-spec.ts';
import { describeSigner, type Protection } from '../../signer/protection.ts';
import { parseKeyless, parseSpec, type Place } from '../../signer/spec.ts';
import { abandon, adopt, type Adopted, type Founder } from '../../setup/adopt.ts';
import { hookLine } from '../../setup/hooks.ts';
import { readTrustTexts } from '../../setup/texts.ts';
import { command, YES, type Context } from '../command.ts';
import { ACTING, placeOf } from '../flags.ts';

const STRENGTH: Record<Protection, string> = {
  hardware: 'a hardware key: nobody can sign with it unnoticed',
  passphrase: 'protected by a passphrase, but whatever unlocks it (ssh-agent) also signs for an agent that runs as you',
  unlocked: 'not protected at all: whatever runs as you, an agent too, can sign with it; a hardware key can\'t be used unnoticed ("ssh-keygen -t ed25519-sk")',
  agent: 'held by an ssh-agent, which also signs for an agent that runs as you',
  asked: 'protected by a passphrase, which is asked for at each signature and kept nowhere; no signature shows that somebody was there',
  card: 'on a card: nobody can copy it, but once unlocked it also signs for an agent that runs as you, and no signature shows that somebody was there',
  'gpg-agent': 'held by gpg-agent: what that has unlocked, it also signs with for an agent that runs as you',
};

export const init = command({
  name: 'init',
  summary: 'set this repository up: policy, roster with you as owner, hooks, settings',
  flags: {
    person: { ...ACTING.person, describe: 'your id in the roster, for instance alice' },
    name: { type: 'string', requiresArg: true, describe: 'your name' },
    email: { type: 'string', requiresArg: true, describe: 'the e-mail address of your commits' },
    signer: ACTING.signer,
    remove: { type: 'boolean', default: false, describe: 'take out hooks and settings again' },
    yes: YES,
  },
  async run(args, context) {
    const layout = await findLayout(context.dir, context.env);
    if (args.remove) {
      if (args.person ?? args.name ?? args.email ?? args.signer) throw new Fault('USAGE', '--remove goes with no other flag');
      return remove(layout, context);
    }
    if (layout.toplevel === undefined) throw new Fault('REPO_NOT_FOUND', 'a bare repository has no working tree to set up', { hint: 'run "countersign init" in a clone' });
    const founder = await founderOf(layout, args, context, (await readTrustTexts(layout.toplevel)) !== undefined);
    // Before anything is written: a key that can't sign would leave a repository in which nobody can commit.
    const protection = await describeSigner(founder.signer, placeOf(context));
    const bin = fileURLToPath(new URL('../../../bin/countersign.js', import.meta.url));
    const adopted = await adopt(layout, founder, bin, context.env);
    tell(adopted, protection, context);
    return 0;
  },
});

interface Answers { person?: string | undefined; name?: string | undefined; email?: string | undefined; signer?: string | undefined; yes: boolean }

/**
 * Fills up what no flag says: from git's configuration with --yes, else by asking, with that as the proposal. Whoever
 * joins what others adopted stands in the roster with name and address.
 */
async function founderOf(layout: Layout, flags: Answers, context: Context, joins: boolean): Promise<Founder> {
  const { terminal, env } = context;
  const config = (key: string) => readConfig(layout, key, env);
  const ask = (flag: keyof Answers, question: string, given: string | undefined, proposal: string | undefined): string => {
    const answer = given ?? (flags.yes ? proposal : (terminal.ask(question, proposal && printable(proposal)) ?? proposal));
    if (answer !== undefined && answer !== '') return answer;
    throw new Fault('USAGE', `--${flag} is missing`, { hint: 'countersign init --person alice --name "Alice Example" --email alice@example.com --signer KEY, where KEY is ssh:PATH, openpgp:PATH, gpg:FINGERPRINT or git' });
  };
  const [gitName, gitEmail] = [await config('user.name'), await config('user.email')];
  const name = joins ? '' : ask('name', 'Your name', flags.name, gitName);
  const email = joins ? (gitEmail ?? '') : ask('email', 'The e-mail address of your commits', flags.email, gitEmail);
  const id = ask('person', 'Your id in the roster', flags.person, (await config('countersign.person')) ?? idFrom(email));
  const place = placeOf(context);
  const spec = ask('signer', 'Your key, as ssh:PATH, openpgp:PATH, gpg:FINGERPRINT or git', flags.signer, (await config('countersign.signer')) ?? (await gitKey(place)));
  if (parseKeyless(spec) !== undefined) {
    throw new Fault('USAGE', 'a sign-in signs grants and cosignatures, not each commit, and the first commit is an owner\'s', { hint: `set up with a key, then: countersign people trust-root && countersign people add ${printable(id)} --key 'sigstore:https://ISSUER#ADDRESS'` });
  }
  const key = await readPublicKey(spec, place);
  return { id, name, email, key, signer: settleSpec(spec, key, place) };
}

/** Returns what git signs with here, named so that it stays the same key when git's settings change. */
async function gitKey(place: Place): Promise<string | undefined> {
  const { format, key } = await readGitSigning(place);
  if (key === undefined) return undefined;
  if (format === 'ssh') return /^(?:key::|ssh-)/.test(key) ? 'git' : `ssh:${key}`;
  const fingerprint = format === 'openpgp' && parseSpec(`gpg:${key}`, place) !== undefined;
  return fingerprint ? `gpg:${key}` : undefined;
}

function idFrom(email: string): string | undefined {
  return /^[a-z0-9][a-z0-9._-]{0,63}/.exec(email.toLowerCase())?.[0];
}

function tell({ written, hooks }: Adopted, protection: Protection, { terminal }: Context): void {
  for (const item of written) terminal.say(`wrote ${item}`);
  if (written.length === 0) terminal.say('everything is set up already, nothing was changed');
  if (hooks.elsewhere !== undefined) {
    terminal.warn(`countersign: warning: git looks for hooks in ${printable(hooks.elsewhere.path) || 'no folder'} (core.hooksPath, ${hooks.elsewhere.scope})${rewritten(hooks.elsewhere.path)}`);
  }
  if (hooks.lines.length > 0) {
    terminal.warn('countersign: warning: these hooks are somebody else\'s and were left alone; add to each, near its top, its line:');
    for (const hook of hooks.lines) terminal.warn(`  ${hook}: ${hookLine(hook)}`);
  } else if (hooks.manager !== undefined && hooks.elsewhere === undefined) {
    terminal.warn(`countersign: warning: ${hooks.manager} writes hooks too: look with "countersign init" after it did`);
  }
  terminal.say(`your key is ${STRENGTH[protection]}`);
  if (!written.some((item) => item.startsWith('.countersign/'))) return;
  terminal.say('next: countersign people add <id> --name … --email … --role reviewer --key FILE');
  terminal.say('      git add .countersign && git commit -m "adopt countersign"');
}

/** Husky makes its folder anew at each `npm install`. */
function rewritten(path: string): string {
  return basename(path) === '_' ? ', which husky writes: your own are one folder up' : '';
}

async function remove(layout: Layout, { terminal, env }: Context): Promise<number> {
  const { removed, left } = await abandon(layout, env);
  for (const item of removed) terminal.say(`removed ${item}`);
  if (removed.length === 0) terminal.say('there was nothing to remove');
  for (const hook of left) terminal.warn(`countersign: warning: the hook ${hook} calls countersign but was changed since: edit it by hand`);
  terminal.say('.countersign/ stays: it is part of the history; remove it with "git rm -r .countersign" if you mean to');
  return 0;
}
