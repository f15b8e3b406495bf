// SPDX-License-Identifier: Apache-2.0
// The hook's readers of small things, on well-formed and hostile input: old stamps, settings, git's raw formats, the
// policy's id, who commits.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromLatin1, latin1, utf8 } from '../../src/bytes.ts';
import type { Change } from '../../src/oid.ts';
import { repositoryId, takesGitSignature } from '../../src/hook/adoption.ts';
import { emailOf, pendingAuthor } from '../../src/hook/author.ts';
import { boundSize } from '../../src/hook/bounds.ts';
import { parseRaw } from '../../src/hook/change.ts';
import { claimWork, type Identity } from '../../src/hook/identity.ts';
import { parseBatch } from '../../src/hook/objects.ts';
import { takeStamps } from '../../src/hook/old-stamp.ts';
import { parseSettings } from '../../src/hook/settings.ts';
import { NO_SETTINGS } from '../../src/signer/git-settings.ts';
import { throwsWith } from '../kit/rejects.ts';
import { tempDir } from '../kit/temp.ts';

const test = suite('small readers');
const SESSION = '01JDQ3M8Z0W6T3E9Q8C6T4XK2N';

test('old stamps go whole, and nothing else goes', () => {
  const stamp = `Provenance: ai\nProvenance-Agent: a/1 (m)\nProvenance-Session: ${SESSION}\nProvenance-Change: sha256:00\nProvenance-Edit: sha256:00\nProvenance-Signature: v1 ed25519 AA==\n`;
  const taken = takeStamps(utf8(`one\n\nbody\n\n${stamp}\n# two\n\nProvenance: human\r\nSigned-off-by: a <b>\nprovenances: fine\n Provenance: indented\n`));
  assert.is(latin1(taken.message), 'one\n\nbody\n\n\n# two\n\nSigned-off-by: a <b>\nprovenances: fine\n Provenance: indented\n');
  assert.equal(taken.declared, { assisted: true, agent: 'a/1 (m)', session: SESSION });
  assert.is(taken.stamps, 1);
});

test('a message without stamps is not touched', () => {
  const message = utf8('a\r\n\n\n  b \xff\n');
  assert.is(takeStamps(message).message, message);
  assert.is(takeStamps(message).stamps, 0);
});

test('lines that only look like a stamp are refused', () => {
  for (const line of ['Provenance: unknown', 'provenance: ai', 'PROVENANCE : ai', 'Provenance:ai', 'Provenance-Note: x', 'Provenance-Agent:', 'Provenance: ai human', 'Provenance-agent: x']) {
    assert.match(throwsWith('STAMP_REFUSED', () => takeStamps(utf8(`a\n\n${line}\n`))).message, /^line 3 /);
  }
});

test('a declared agent or session that is none is passed over', () => {
  const { declared } = takeStamps(utf8('a\n\nProvenance: assisted\nProvenance-Agent: é\nProvenance-Session: ../../x\n'));
  assert.equal(declared, { assisted: true, agent: undefined, session: undefined });
});

test('claims: a session is always ai, a person never hides an agent', () => {
  const none = { assisted: false, agent: undefined, session: undefined };
  const signer = { spec: 'x', sign: () => Promise.reject(new Error('unused')) };
  const person: Identity = { kind: 'person', signer };
  const session = { kind: 'session', signer, state: { id: SESSION, agent: 'a/1', model: 'm' } } as unknown as Identity;
  assert.equal(claimWork(person, none, none), { provenance: 'human', agent: undefined, session: undefined });
  assert.equal(claimWork(person, { assisted: true, agent: undefined, session: undefined }, none), { provenance: 'assisted', agent: 'unspecified', session: undefined });
  const amended = { assisted: true, agent: 'b/2 (n)', session: SESSION as never };
  assert.equal(claimWork(person, { assisted: true, agent: undefined, session: undefined }, amended), { provenance: 'assisted', agent: 'b/2 (n)', session: SESSION });
  assert.equal(claimWork(session, { assisted: true, agent: 'x', session: undefined }), { provenance: 'ai', agent: 'a/1 (m)', session: SESSION });
});

test('settings: the last one counts, bare keys are true', () => {
  const read = (...entries: string[]) => parseSettings(utf8(entries.map((entry) => `${entry}\0`).join('')));
  assert.equal(read(), { objectFormat: 'sha1', cleanup: undefined, verbose: false, comment: '#', encoding: undefined, signer: undefined, signing: NO_SETTINGS });
  assert.is(read('core.commentchar\n;', 'core.commentstring\n//').comment, '//');
  assert.is(read('core.commentstring\n//', 'core.commentchar\n;').comment, ';');
  for (const yes of ['commit.verbose', 'commit.verbose\n2', 'commit.verbose\nyes']) assert.is(read(yes).verbose, true, yes);
  for (const no of ['commit.verbose\n', 'commit.verbose\n0', 'commit.verbose\nFalse', 'commit.verbose\noff']) assert.is(read(no).verbose, false, no);
  assert.is(read('i18n.commitencoding\nUTF8').encoding, undefined);
  assert.is(read('i18n.commitencoding\nISO-8859-1').encoding, 'ISO-8859-1');
  assert.is(read('extensions.objectformat\nsha256').objectFormat, 'sha256');
  assert.is(read('countersign.signer\nssh:/a\nb').signer, 'ssh:/a\nb');
});

test('a policy takes any signature of git where one line plainly says so', () => {
  const takes = (...lines: string[]): boolean => takesGitSignature(utf8(`version: 1\n${lines.join('\n')}\nx: y\n`));
  for (const line of ['gitSignature: any', 'gitSignature:\tany # for now', 'gitSignature: "any"', "gitSignature:  'any'  ", 'gitSignature: any\r']) assert.ok(takes(line), line);
  for (const line of ['', 'gitSignature: presence', 'gitSignature: presence # any', '# gitSignature: any', ' gitSignature: any', 'gitSignature:any', 'gitSignature: anything', `gitSignature: "any'`, 'gitsignature: any', 'gitSignature:']) {
    assert.not.ok(takes(line), line);
  }
  assert.not.ok(takes('gitSignature: any', 'gitSignature: presence'));
  assert.not.ok(takesGitSignature(undefined));
});

test('raw differences: every byte of a path, and no path in conflict', () => {
  const [zero, one] = ['0'.repeat(40), '1'.repeat(40)];
  const entry = (path: string, status = 'M') => `:100644 120000 ${zero} ${one} ${status}\0${path}\0`;
  const changes = parseRaw(fromLatin1(entry('a\nb"\t') + entry('\xff\xfe', 'T')));
  assert.equal(changes.map(({ path }) => path), ['a\nb"\t', '\xff\xfe']);
  assert.is(changes[0]!.newMode, '120000');
  assert.equal(parseRaw(utf8('')), []);
  throwsWith('GIT_FAILED', () => parseRaw(utf8(entry('a', 'U'))));
  throwsWith('GIT_FAILED', () => parseRaw(utf8('rubbish\0a\0')));
});

test('objects: content that looks like headers', () => {
  const oid = 'a'.repeat(40);
  const content = `${oid} blob 3\n\nx missing\n`;
  const found = parseBatch(utf8(`${oid} blob ${content.length}\n${content}\nHEAD missing\n${oid} commit 0\n\n`));
  assert.equal(found.map((one) => one && latin1(one.bytes)), [content, undefined, '']);
  throwsWith('GIT_FAILED', () => parseBatch(utf8('what\n')));
});

test('the repository id: one line of the policy, nowhere else', async () => {
  const [here, there] = ['0192f6c4-1111-4222-8333-444455556666', '0192f6c4-9999-4222-8333-444455556666'];
  const dir = tempDir();
  const head = async (): Promise<Uint8Array> => utf8(`repository: ${there}\n`);
  const none = async (): Promise<undefined> => undefined;
  assert.is(await repositoryId(dir, none), undefined);
  assert.is(await repositoryId(dir, head), there);
  mkdirSync(join(dir, '.countersign'));
  const policy = join(dir, '.countersign/policy.yaml');
  const write = (text: string): void => writeFileSync(policy, text);
  write(`version: 1\r\nrepository: "${here}" # made by init\r\n`);
  assert.is(await repositoryId(dir, head), here);
  for (const text of ['repository: x\n', ` repository: ${here}\n`, `repository: ${here}\nrepository: ${there}\n`, `repository: ${here} x\n`, `repository: "${here}'\n`]) {
    write(text);
    assert.is(await repositoryId(dir, none), undefined, text);
  }
  symlinkSync(policy, join(dir, 'link'));
  write(`repository: ${here}\n`);
  const linked = tempDir();
  mkdirSync(join(linked, '.countersign'));
  symlinkSync(policy, join(linked, '.countersign/policy.yaml'));
  assert.is(await repositoryId(linked, head), there, 'a link is not followed');
});

test('the author as exported, to the byte', () => {
  const env = { GIT_AUTHOR_NAME: 'Zoë', GIT_AUTHOR_EMAIL: 'z@é.example', GIT_AUTHOR_DATE: '@12 -0130' };
  const author = pendingAuthor(env, undefined, () => undefined);
  assert.equal(author, { name: 'Zo\xc3\xab', email: 'z@\xc3\xa9.example', date: 12, zone: '-0130' });
  assert.is(emailOf(author), 'z@é.example');
  const lost = { ...env, GIT_AUTHOR_NAME: 'Zo\ufffd' };
  const prepared = (): Uint8Array => fromLatin1('Zo\xeb <z@y> @12 -0130\n');
  assert.is(pendingAuthor(lost, 'ISO-8859-1', prepared).name, 'Zo\xeb');
  assert.is(pendingAuthor(lost, undefined, prepared).name, 'Zo\xc3\xab');
});

test('a bound on the size is never below it', async () => {
  const [zero, one, two] = ['0', '1', '2'].map((digit) => digit.repeat(40)) as [Change['oldOid'], Change['oldOid'], Change['oldOid']];
  const blobs: Record<string, string> = { [one]: 'a\nb\nc\nd', [two]: 'a\nx\nc\ny\n' };
  const size = (change: Partial<Change>) =>
    boundSize([{ path: 'p' as Change['path'], oldMode: '100644', newMode: '100644', oldOid: one, newOid: two, ...change }], async (oid) => utf8(blobs[oid]!));
  assert.equal(await size({}), { files: 1, additions: 3, deletions: 3 });
  assert.equal(await size({ newMode: '000000', newOid: zero }), { files: 1, additions: 0, deletions: 4 });
  assert.equal(await size({ newMode: '100755', newOid: one }), { files: 1, additions: 0, deletions: 0 });
  assert.equal(await size({ oldMode: '160000', newMode: '160000' }), { files: 1, additions: 1, deletions: 1 });
  assert.equal(await size({ newMode: '120000', newOid: one }), { files: 1, additions: 4, deletions: 4 });
});

test.run();
