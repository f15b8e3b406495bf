// SPDX-License-Identifier: Apache-2.0
// Whatever git does to a message after the hook has seen it, the stamp fits what is stored: every way to give a message,
// clean it up, comment in it and encode it, with real commits.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AdoptedRepo } from './adopted.ts';

const test = suite('message');

const TEXT = 'Subject  \n\n# hash line\n; semicolon line\nbody\t\n\n\n\nlast\n';
const CUT = '# ------------------------ >8 ------------------------\n# Do not modify\n+diff\n';
const repo = new AdoptedRepo();
let count = 0;

function change(): void {
  repo.write('a.txt', `${count++}\n`);
}

/** Writes the text above what git put into the message file. */
const writing = repo.editor(`{ printf '${TEXT.replaceAll('\n', '\\n').replaceAll('\t', '\\t')}'; cat "$1"; } >"$1.new" && mv "$1.new" "$1"`);
writeFileSync(join(repo.dir, '../message'), TEXT);

const SOURCES: Record<string, { args: string[]; env: Record<string, string> }> = {
  editor: { args: [], env: writing },
  '-m': { args: ['-m', TEXT], env: {} },
  '-F': { args: ['-F', '../message'], env: {} },
  '-F -e': { args: ['-F', '../message', '-e'], env: writing },
};

for (const [source, { args, env }] of Object.entries(SOURCES)) {
  for (const cleanup of [undefined, 'default', 'strip', 'whitespace', 'verbatim', 'scissors']) {
    for (const verbose of [[], ['-v']]) {
      const options = [...(cleanup === undefined ? [] : [`--cleanup=${cleanup}`]), ...verbose];
      test(`${source} ${options.join(' ')}`, async () => {
        change();
        repo.quietly(['commit', '-qa', ...args, ...options], { env });
        assert.is(await repo.exact(), 'human');
      });
    }
  }
  for (const comment of [';', 'auto', '%']) {
    test(`${source}, comments begin with ${comment}, cleaned up by configuration`, async () => {
      for (const cleanup of ['strip', 'scissors', 'whitespace']) {
        change();
        repo.quietly(['-c', `core.commentChar=${comment}`, '-c', `commit.cleanup=${cleanup}`, '-c', 'commit.verbose=true', 'commit', '-qa', ...args], { env });
        assert.is(await repo.exact(), 'human');
      }
    });
  }
}

test('what is stored is what git stores without the hook, and the stamp', async () => {
  for (const options of [['--cleanup=strip'], ['--cleanup=verbatim'], ['--cleanup=scissors', '-v']]) {
    change();
    repo.quietly(['commit', '-qa', ...options], { env: writing });
    const stamped = repo.message();
    repo.git(['commit', '-q', '--amend', '--allow-empty', '--no-verify', ...options], { env: { ...repo.editor(`printf '${TEXT.replaceAll('\n', '\\n').replaceAll('\t', '\\t')}' >"$1"`), COUNTERSIGN: '0' } });
    const plain = repo.message();
    const above = stamped.slice(0, stamped.indexOf('Provenance: '));
    // verbatim keeps the comments that git itself put there
    if (options[0] === '--cleanup=verbatim') assert.ok(above.startsWith(TEXT));
    else assert.is(above.trimEnd(), plain.trimEnd());
  }
});

test('auto takes another character where the message has that one', async () => {
  writeFileSync(join(repo.dir, '../hashes'), '#1 first\n;2 second\n');
  for (const options of [[], ['-v']]) {
    change();
    repo.quietly(['-c', 'core.commentChar=auto', 'commit', '-qa', '-F', '../hashes', '-e', ...options]);
    assert.is(await repo.exact(), 'human');
    assert.match(repo.message(), /^#1 first\n;2 second\n\nProvenance: /);
  }
});

test('a template: filled in, kept with sign-off, untouched', async () => {
  const template = join(repo.dir, '../template');
  writeFileSync(template, '# what to write\nTicket: \n\nWhy:\n');
  change();
  const fill = repo.editor('sed "s/^Ticket:.*/Ticket: 12/" "$1" >"$1.new" && mv "$1.new" "$1"');
  for (const cleanup of ['default', 'whitespace', 'verbatim']) {
    change();
    repo.quietly(['commit', '-qa', '-t', template, `--cleanup=${cleanup}`], { env: fill });
    assert.is(await repo.exact(), 'human');
    assert.match(repo.message(), 'Ticket: 12');
  }
  change();
  for (const options of [[], ['--signoff'], ['-v']]) {
    const ran = repo.run(['-c', `commit.template=${template}`, 'commit', '-qa', ...options]);
    assert.is(ran.code, 1);
    assert.match(ran.stderr, 'you did not edit the message');
    assert.not.match(ran.stderr, 'countersign');
  }
});

test('an empty message stays empty, and git gives up', async () => {
  change();
  for (const [args, env] of [[['-m', ''], {}], [['-m', '# only\n', '--cleanup=strip'], {}], [[], repo.editor(': >"$1"')], [['-s'], repo.editor('true')]] as [string[], Record<string, string>][]) {
    const ran = repo.run(['commit', '-qa', ...args], { env });
    assert.is(ran.code, 1);
    assert.match(ran.stderr, /Aborting commit/);
    assert.not.match(ran.stderr, 'countersign');
  }
  repo.quietly(['commit', '-qa', '--allow-empty-message', '-m', '']);
  assert.is(await repo.exact(), 'human');
});

test('CRLF, in a file and from an editor', async () => {
  writeFileSync(join(repo.dir, '../crlf'), 'Subject\r\n\r\nbody\r\n\r\n\r\nSigned-off-by: A <a@b>\r\n');
  for (const options of [['-F', '../crlf'], ['-F', '../crlf', '--cleanup=verbatim'], ['-F', '../crlf', '-e']]) {
    change();
    repo.quietly(['commit', '-qa', ...options]);
    assert.is(await repo.exact(), 'human');
  }
});

test('ISO-8859-1, declared or not, in message and author', async () => {
  writeFileSync(join(repo.dir, '../latin1'), Buffer.from('Gr\xfc\xdfe\n\n\xfd\n', 'latin1'));
  const author = ['-c', 'user.name=Zo\u00eb'];
  for (const config of [[], ['-c', 'i18n.commitEncoding=ISO-8859-1'], ['-c', 'i18n.commitEncoding=KOI8-R'], ['-c', 'i18n.commitEncoding=utf8']]) {
    change();
    repo.run([...author, ...config, 'commit', '-qa', '-F', '../latin1']);
    assert.is(await repo.exact(), 'human', config.join(' '));
    repo.run([...config, 'commit', '-q', '--amend', '--no-edit']);
    assert.is(await repo.exact(), 'human', `amend ${config.join(' ')}`);
  }
});

test('an author whose name is no UTF-8', async () => {
  for (const config of [[], ['-c', 'i18n.commitEncoding=ISO-8859-1']]) {
    change();
    // Node can't hand such bytes to a child, so a shell does.
    const script = `GIT_AUTHOR_NAME=$(printf 'Zo\\353') exec git ${config.join(' ')} commit -qa -m x`;
    assert.not.match(repo.run(['-c', `alias.raw=!${script}`, 'raw']).stderr, 'countersign:');
    assert.is(await repo.exact(), 'human');
  }
});

test('trailers: ours come last, and no configured command runs', async () => {
  const marker = join(repo.dir, '../marker');
  const config = ['-c', `trailer.Provenance.command=touch ${marker}`, '-c', `trailer.Provenance.cmd=touch ${marker}`, '-c', `trailer.x.command=touch ${marker}`];
  change();
  repo.quietly([...config, 'commit', '-qa', '-s', '-m', 'Subject\n\nReviewed-by: B <b@c>']);
  assert.is(await repo.exact(), 'human');
  assert.match(repo.message(), /\n\nReviewed-by: B <b@c>\nSigned-off-by: .*\nProvenance: human\n/);
  repo.write('a.txt', 'again');
  repo.quietly([...config, '-c', 'trailer.where=start', '-c', 'trailer.ifexists=replace', '-c', 'trailer.separators=%', 'commit', '-qa', '-s', '-m', 'x\n\na: b']);
  assert.is(await repo.exact(), 'human');
  assert.not(existsSync(marker));
});

test('a comment character that would eat the stamp is refused', () => {
  change();
  const said = repo.refused(['-c', 'core.commentChar=P', 'commit', '-qa', '-m', 'x', '--cleanup=strip']);
  assert.match(said, 'STAMP_REFUSED');
});

test('a scissors line: where git cuts there it goes, where it stays it is refused', async () => {
  for (const args of [['-v', '-m', TEXT + CUT], ['-v', '--cleanup=verbatim', '-m', TEXT + CUT], ['--cleanup=scissors', '-e', '-m', TEXT + CUT], ['--cleanup=strip', '-m', TEXT + CUT]]) {
    change();
    repo.quietly(['commit', '-qa', ...args]);
    assert.is(await repo.exact(), 'human');
  }
  for (const args of [['-m', TEXT + CUT], ['--cleanup=scissors', '-m', TEXT + CUT], ['--cleanup=verbatim', '-m', TEXT + CUT]]) {
    change();
    assert.match(repo.refused(['commit', '-qa', ...args]), 'STAMP_REFUSED');
  }
});

test('prose that begins like a stamp is refused, and says which line', () => {
  change();
  const said = repo.refused(['commit', '-qa', '-m', 'x\n\nprovenance: a vineyard in France']);
  assert.match(said, /line 3 .*\[STAMP_REFUSED\]/);
});

test('--- and # in a body, one line, very long lines', async () => {
  for (const text of ['x', 'x\n\n---\nbelow\n', 'x\n\n# no comment with -m\n', `x\n\n${'y'.repeat(200_000)}\n`, 'a: b', 'x\n\na: b\n', 'x (#12) (!3)\n']) {
    change();
    repo.quietly(['commit', '-qa', '-F', '-'], { input: text });
    assert.is(await repo.exact(), 'human', text.slice(0, 20));
  }
});

test.run();
