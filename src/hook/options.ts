// SPDX-License-Identifier: Apache-2.0
// Options as git's parse-options reads them: abbreviated where unique, negated by `no-`, bundled where short, values
// attached or in the next word. The tables are data, taken from builtin/commit.c and builtin/merge.c.

interface Option {
  long: string;
  short: string | undefined;
  /** `needs` a value, may have one `attached`, or takes none. */
  value: 'none' | 'needs' | 'attached';
}

export type OptionTable = readonly Option[];

/** One option as it was given, under its full name; `on` is false where it was negated. */
export interface Given {
  name: string;
  on: boolean;
  value: string | undefined;
}

/** `name`, `name/short`; `=` for a value, `?` for one that can only be attached. */
function table(text: string): OptionTable {
  return text.trim().split(/\s+/).map((entry) => {
    const [, long = '', short, kind] = /^([a-z-]+)(?:\/(\w))?([=?]?)$/.exec(entry) ?? [];
    return { long, short, value: kind === '=' ? 'needs' : kind === '?' ? 'attached' : 'none' };
  });
}

export const COMMIT_OPTIONS = table(`
  quiet/q verbose/v file/F= author= date= message/m= reedit-message/c= reuse-message/C= fixup= squash= reset-author
  trailer= signoff/s template/t= edit/e cleanup= status gpg-sign/S? all/a include/i interactive patch/p unified/U=
  inter-hunk-context= only/o no-verify/n dry-run short branch ahead-behind porcelain long null/z amend no-post-rewrite
  untracked-files/u? pathspec-from-file= pathspec-file-nul allow-empty allow-empty-message`);

export const MERGE_OPTIONS = table(`
  stat summary compact-summary log? squash commit edit/e cleanup= ff ff-only rerere-autoupdate verify-signatures
  strategy/s= strategy-option/X= message/m= file/F= into-name= verbose/v quiet/q abort quit continue
  allow-unrelated-histories progress gpg-sign/S? autostash overwrite-ignore signoff no-verify`);

/** Returns the options among a command's words. Words that git would refuse are passed over: then no hook runs either. */
export function readOptions(words: readonly string[], options: OptionTable): Given[] {
  const given: Given[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--' || word === '--end-of-options') break;
    if (word.startsWith('--')) {
      const [name, ...rest] = word.slice(2).split('=');
      const found = findLong(name!, options);
      if (found === undefined) continue;
      const attached = rest.length > 0 ? rest.join('=') : undefined;
      const needsNext = found.on && found.option.value === 'needs' && attached === undefined;
      given.push({ name: found.option.long, on: found.on, value: needsNext ? words[++i] : attached });
    } else if (word.length > 1 && word.startsWith('-')) {
      const bundle = readBundle(word.slice(1), options);
      given.push(...bundle.given);
      if (bundle.wants) given.at(-1)!.value = words[++i];
    }
  }
  return given;
}

/** Reads `-am`: the last letter may want the next word. */
function readBundle(letters: string, options: OptionTable): { given: Given[]; wants: boolean } {
  const given: Given[] = [];
  for (let at = 0; at < letters.length; at++) {
    const option = options.find(({ short }) => short === letters[at]);
    if (option === undefined) continue;
    const rest = letters.slice(at + 1);
    if (option.value === 'none') given.push({ name: option.long, on: true, value: undefined });
    else {
      given.push({ name: option.long, on: true, value: rest === '' ? undefined : rest });
      return { given, wants: rest === '' && option.value === 'needs' };
    }
  }
  return { given, wants: false };
}

/** Finds a long option by its name or a unique beginning of it, as parse_long_opt does; undefined where none or several fit. */
function findLong(name: string, options: OptionTable): { option: Option; on: boolean } | undefined {
  // An option may itself be called no-verify: negated twice it is on again.
  const twice = name.startsWith('no-no-');
  const off = !twice && name.startsWith('no-');
  const wanted = twice ? name.slice(6) : off ? name.slice(3) : name;
  const fitting: { option: Option; on: boolean }[] = [];
  for (const option of options) {
    const negative = option.long.startsWith('no-');
    const long = negative ? option.long.slice(3) : option.long;
    if (twice && !negative) continue;
    const found = { option, on: off === negative };
    if (long === wanted) return found;
    if (long.startsWith(wanted)) fitting.push(found);
  }
  return fitting.length === 1 ? fitting[0] : undefined;
}
