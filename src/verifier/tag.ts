// SPDX-License-Identifier: Apache-2.0
// What an annotated tag is worth: whose signature it bears, whether it says the name it was asked by, and whether it names
// the commit that is judged. A tag is a person's word for a whole history, so an agent's or a forge's key is none.
import { fromLatin1, fromUtf8, latin1, utf8 } from '../bytes.ts';
import { readText } from '../commit/message.ts';
import { parseTag, type RawTag } from '../commit/tag.ts';
import { Fault } from '../fault.ts';
import type { Oid } from '../oid.ts';
import type { Repo } from '../repo/repo.ts';
import { checkGitSignature } from '../signature/check.ts';
import { anchorsOf } from '../trust/anchors.ts';
import type { Policy, RuleName } from '../trust/policy.ts';
import { isAuthor } from '../trust/holder.ts';
import { findingOf } from './commit.ts';
import { readCommit } from './reading.ts';
import { asFindings, type Draft } from './rule.ts';
import { refusalText, signedBy, undecidedText, type Signed, type Unsigned } from './signer.ts';
import type { State } from './state.ts';
import { outcomeOf } from './tally.ts';
import type { AskedTag, Finding, TagVerdict } from './verifier.ts';

type Tagger = { name: string; email: string; date: number };
type Broken = readonly [rule: RuleName, draft: Draft];

const AGAIN = 'a person makes the tag again, with plain git: git tag -s -f <name> <commit>';
const PRESENT = 'make the tag again with a hardware key ("ssh-keygen -t ed25519-sk"), or an owner says "gitSignature: any" in .countersign/policy.yaml';
const MOVED = 'git fetch --tags, and ask whoever pushed it: it may stand for another release';

/**
 * Judges a tag under the state that its commit leaves; `policies` are those whose stricter level counts. A tag that cannot be read is
 * an answer too.
 * @throws Fault GIT_* where git fails
 */
export async function judgeTag(repo: Repo, tag: AskedTag, commit: Oid, state: State, policies: readonly Policy[] = [state.policy]): Promise<TagVerdict> {
  try {
    const raw = await readTag(repo, tag.oid);
    if (raw === undefined) return verdictOf(tag, '', undefined, findingsOf(lightweight(tag.oid, commit), policies));
    const tagger = raw.tagger && readText(raw.tagger, new Uint8Array(), undefined).author;
    const proof = await prove(raw, tagger, (await readCommit(repo, commit)).committer.date, state);
    const broken = [...shapeOf(raw, tag.name, commit), ...(proof === undefined ? [unsigned('nobody signed the tag')] : signatureOf(proof, tagger, state))];
    return verdictOf(tag, tagger ? `${tagger.name} <${tagger.email}>` : '', proof?.kind === 'signed' ? proof : undefined, findingsOf(broken, policies));
  } catch (thrown) {
    const finding = findingOf(thrown);
    if (!finding) throw thrown;
    return verdictOf(tag, '', undefined, [finding]);
  }
}

/** Reads a tag, or returns undefined where the id is a commit's. @throws Fault REPO_OBJECT_MISSING, COMMIT_MALFORMED */
export async function readTag(repo: Repo, oid: Oid): Promise<RawTag | undefined> {
  const object = await repo.readObject(oid);
  if (!object) throw new Fault('REPO_OBJECT_MISSING', `tag ${oid} is not here`, { hint: 'git fetch --tags' });
  if (object.kind === 'commit') return undefined;
  if (object.kind !== 'tag') throw new Fault('COMMIT_MALFORMED', `${oid} is a ${object.kind}, neither tag nor commit`);
  return parseTag(object.bytes, repo.objectFormat);
}

/** Proves the signature. A tag is no older than its commit, whatever it says: nobody dates it back into the time of an expired key. */
async function prove({ signature }: RawTag, tagger: Tagger | undefined, horizon: number, state: State): Promise<Signed | Unsigned | undefined> {
  if (!signature) return undefined;
  const check = await checkGitSignature(signature, anchorsOf(state.roster, state.policy), horizon);
  return signedBy(check, state, { payload: signature.payload, email: tagger?.email ?? '', at: Math.max(tagger?.date ?? Infinity, horizon), namespace: 'git' });
}

function lightweight(oid: Oid, commit: Oid): Broken[] {
  const broken: Broken[] = [['unsigned-human', { message: 'a lightweight tag, which nobody can sign', hint: AGAIN }]];
  return oid === commit ? broken : [['stale-signature', otherCommit(oid)], ...broken];
}

function otherCommit(oid: Oid): Draft {
  return { message: `it tags ${oid}, not the commit that is judged`, hint: MOVED };
}

/** What is wrong with the object, whoever signed it. */
function shapeOf(raw: RawTag, name: string, commit: Oid): Broken[] {
  const broken: Broken[] = [];
  if (raw.name !== latin1(utf8(name))) broken.push(['stale-signature', { message: `it was made as "${textOf(raw.name)}", and stands under another name`, hint: MOVED }]);
  // nor through another tag, of which readers show one name or the other
  if (raw.type !== 'commit') broken.push(['stale-signature', { message: `it tags a ${raw.type}, not a commit itself`, hint: AGAIN }]);
  else if (raw.object !== commit) broken.push(['stale-signature', otherCommit(raw.object)]);
  if (raw.malleable) broken.push(['malleable-commit', { message: `it can be changed without breaking its signature: ${raw.malleable}`, hint: AGAIN }]);
  return broken;
}

/** What is wrong with who signed. */
function signatureOf(proof: Signed | Unsigned, tagger: Tagger | undefined, { policy, roster }: State): Broken[] {
  if (proof.kind === 'failed') return [['bad-signature', { message: `the signature does not hold: the tag is not what was signed (${proof.reason})`, hint: AGAIN }]];
  if (proof.kind === 'undecided') return [['bad-signature', { level: 'unknown', message: `the signature cannot be checked: ${undecidedText(proof.reason)}`, hint: 'countersign people list, or a newer countersign' }]];
  if (proof.kind === 'stranger') return [['unknown-signer', { message: `signed by ${proof.keyid}, which is nobody's key in the roster`, hint: 'an owner: countersign people add <id> --key <key>' }]];
  const { signer, holder, refused } = proof;
  if (signer.kind !== 'person') return [['unknown-signer', { message: `signed by the key of ${signer.kind} ${signer.id}, which speaks for no person`, hint: AGAIN }]];
  const broken: Broken[] = [];
  if (refused) broken.push(['revoked-key', { message: `the key of ${holder.id} ${refusalText(refused)}`, hint: AGAIN }]);
  const person = roster.people[signer.id];
  if (!person || !tagger || !isAuthor(person, tagger.email)) {
    const who = tagger ? `is ${tagger.name} <${tagger.email}>` : 'is not named';
    broken.push(['wrong-author', { message: `signed by ${signer.id}, but the tagger ${who}`, hint: 'make the tag as yourself, or add the address: countersign people add' }]);
  }
  if (signer.strength !== 'presence' && policy.gitSignature !== 'any') broken.push(unsigned('the signature has no proof of presence, which the policy asks for (gitSignature: presence)', PRESENT));
  return broken;
}

function unsigned(message: string, hint = AGAIN): Broken {
  return ['unsigned-human', { message, hint }];
}

function findingsOf(broken: readonly Broken[], policies: readonly Policy[]): Finding[] {
  return broken.flatMap(([rule, draft]) => asFindings(rule, [draft], policies));
}

function verdictOf({ name, oid }: AskedTag, tagger: string, signed: Signed | undefined, findings: Finding[]): TagVerdict {
  return { name, oid, verdict: outcomeOf(findings), ...(signed ? { signer: signed.signer } : {}), tagger, findings };
}

function textOf(bytes: string): string {
  return fromUtf8(fromLatin1(bytes)) ?? bytes;
}
