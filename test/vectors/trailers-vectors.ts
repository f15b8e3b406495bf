// SPDX-License-Identifier: Apache-2.0
// What stands in trailers.json: commit messages with a stamp, without one, and with lines that look like one.
import { base64, fromLatin1 } from '../../src/bytes.ts';
import { printTrailers, type MalformedReason, type Stamp } from '../../src/statement/trailers.ts';
import { AGENT, BLOCK, CHANGE, EDIT, LINES, STAMP, ULID } from '../statement/sample.ts';
import { idOf, type Vector, type VectorFile } from './vector.ts';

const bytes = (text: string): string => base64(fromLatin1(text));

/** Returns the block with one line changed. */
function edited(from: string, to: string): string {
  if (!BLOCK.includes(from)) throw new Error(`the block does not hold ${from}`);
  return BLOCK.replace(from, to);
}

/** @param above what the stamp binds @param below lines of others, or none */
function stamped(comment: string, message: string, above: string, lines = LINES, below = ''): Vector {
  return { id: idOf(comment), comment, flags: [], input: bytes(message), expect: { status: 'stamp', above: bytes(above), lines: bytes(`${lines.join('\n')}\n`), below: bytes(below) } };
}

function none(comment: string, message: string): Vector {
  return { id: idOf(comment), comment, flags: [], input: bytes(message), expect: { status: 'none' } };
}

const HUMAN: Stamp = { ...STAMP, provenance: 'human', agent: undefined, session: undefined };
const WITH: Record<string, Stamp> = {
  'human': HUMAN,
  'human, leaning on git\'s own signature': { ...HUMAN, changes: [], edit: undefined, signature: undefined },
  'assisted without a session': { ...STAMP, provenance: 'assisted', session: undefined },
  'a merge': { ...HUMAN, changes: [CHANGE, EDIT], edit: undefined },
  'an ssh signature': { ...HUMAN, signature: { scheme: 'ssh', bytes: fromLatin1('SSHSIG') } },
  'an openpgp signature': { ...HUMAN, signature: { scheme: 'openpgp', bytes: fromLatin1('x') } },
};

const good = [
  stamped('a stamp in its own paragraph', `s\n\n${BLOCK}`, 's\n\n'),
  stamped('trailers above and below', `s\n\nFoo: bar\n${BLOCK}Signed-off-by: Z\xf6 <z@x>\n(cherry picked from commit c0ffee12)\n`, 's\n\nFoo: bar\n', LINES, 'Signed-off-by: Z\xf6 <z@x>\n(cherry picked from commit c0ffee12)\n'),
  stamped('a stamp alone', BLOCK, ''),
  stamped('CRLF and space at the ends of lines', `s\r\n \r\n${BLOCK.replaceAll('\n', ' \r\n')}\n\n`, 's\r\n \r\n'),
  stamped('a divider of mails in the body', `s\n\n---\n\n${BLOCK}`, 's\n\n---\n\n'),
  stamped('a comment in the body', `s\n\n# x\n\n${BLOCK}`, 's\n\n# x\n\n'),
  ...Object.entries(WITH).map(([comment, stamp]) => stamped(comment, `s\n\n${printTrailers(stamp).join('\n')}\n`, 's\n\n', printTrailers(stamp))),
  none('no stamp', 's\n\nSigned-off-by: A <a@b>\n'),
  none('an empty message', ''),
  none('a word before it', `s\n\n My-Provenance: ai\n`),
  none('an indented stamp, as in a squash message', `s\n\n    ${LINES.join('\n    ')}\n`),
  none('a key that only begins like one', 's\n\nProvenances: ai\nProvenance-2: x\n'),
];

/** What is wrong with a message, and, where it is not the stamp's own, the line. */
const MALFORMED: Record<string, [message: string, reason: MalformedReason, line?: number]> = {
  'a second stamp below': [`s\n\n${BLOCK}\n${BLOCK}`, 'text below the stamp', 9],
  'a second stamp below other trailers': [`s\n\n${BLOCK}Foo: bar\n${BLOCK}`, 'a second stamp', 10],
  'one line of a second stamp below': [`s\n\n${BLOCK}Foo: bar\nprovenance-X : y\n`, 'a second stamp', 10],
  'a second stamp directly below': [`s\n\n${BLOCK}${BLOCK}`, 'stamp lines doubled or out of order'],
  'a stamp of a squashed commit in the body': [`s\n\n${BLOCK}\n* next\n\n${BLOCK}`, 'text below the stamp', 9],
  'a stamp line in the subject': [`Provenance: ai is new\n\n${BLOCK}`, 'text below the stamp'],
  'prose below': [`s\n\n${BLOCK}and so on\n`, 'text below the stamp', 9],
  'a paragraph below': [`s\n\n${BLOCK}\nFoo: bar\n`, 'text below the stamp', 9],
  'a comment below': [`s\n\n${BLOCK}# comment\n`, 'text below the stamp', 9],
  'a divider below': [`s\n\n${BLOCK}---\n`, 'text below the stamp', 9],
  'a folded value': [`s\n\n${edited('v1 ed25519 ', 'v1 ed25519\n ')}`, 'text below the stamp'],
  'a folded line at the end': [`s\n\n${BLOCK} folded\n`, 'text below the stamp'],
  'a folded line at the end, by a tab': [`s\n\n${BLOCK}\tfolded\n`, 'text below the stamp'],
  'a blank line inside': [`s\n\n${edited('Provenance-Change', '\nProvenance-Change')}`, 'text below the stamp', 6],
  'a trailer inside': [`s\n\n${edited('Provenance-Change', 'Foo: bar\nProvenance-Change')}`, 'a second stamp', 7],
  'a trailer without a space below': [`s\n\n${BLOCK}Foo:bar\n`, 'text below the stamp'],
  'a trailer with a space before the colon below': [`s\n\n${BLOCK}Foo : bar\n`, 'text below the stamp'],
  'a carriage return inside a line below': [`s\n\n${BLOCK}Foo: bar\rbaz\n`, 'text below the stamp'],
  'a cherry-pick line that names none': [`s\n\n${BLOCK}(cherry picked from commit )\n`, 'text below the stamp'],
  'prose above in its paragraph': [`s\n\nprose\n${BLOCK}`, 'text above the stamp in its paragraph', 3],
  'prose between trailers above': [`s\n\nFoo: bar\nprose\nFoo: bar\n${BLOCK}`, 'text above the stamp in its paragraph', 4],
  'a comment above in its paragraph': [`s\n\n# comment\n${BLOCK}`, 'text above the stamp in its paragraph', 3],
  'a folded trailer above in its paragraph': [`s\n\nFoo: bar\n baz\n${BLOCK}`, 'text above the stamp in its paragraph', 4],
  'a stamp in the paragraph of the subject': [`s\n${BLOCK}`, 'text above the stamp in its paragraph', 1],
  'a subject that is a trailer': [`Fix: this\n${BLOCK}`, 'no text above the trailers', 1],
  'a form feed is no blank line': [`s\n\f\n${BLOCK}`, 'text above the stamp in its paragraph', 2],
  'NUL above': [`s\0\n\n${BLOCK}`, 'an end mark of git in the message'],
  'NUL below': [`s\n\n${BLOCK}Foo: \0\n`, 'an end mark of git in the message'],
  'a scissors line above': [`s\n\n# ------------------------ >8 ------------------------\n\n${BLOCK}`, 'an end mark of git in the message'],
  'space before the colon': [`s\n\n${edited('Provenance: ai', 'Provenance : ai')}`, 'an unknown or misspelt stamp line'],
  'a tab after the colon': [`s\n\n${edited('Provenance: ai', 'Provenance:\tai')}`, 'an unknown or misspelt stamp line'],
  'no space after the colon': [`s\n\n${edited('Provenance: ai', 'Provenance:ai')}`, 'an unknown or misspelt stamp line'],
  'capitals': [`s\n\n${edited('Provenance: ai', 'PROVENANCE: ai')}`, 'an unknown or misspelt stamp line'],
  'small letters': [`s\n\n${edited('Provenance-Agent', 'provenance-agent')}`, 'an unknown or misspelt stamp line'],
  'capitals and space': ['s\n\nPROVENANCE : ai\n', 'an unknown or misspelt stamp line'],
  'an unknown stamp line': [`s\n\n${edited('Provenance-Agent', 'Provenance-Model: x\nProvenance-Agent')}`, 'an unknown or misspelt stamp line'],
  'an empty agent': [`s\n\n${edited(`Provenance-Agent: ${AGENT}`, 'Provenance-Agent:')}`, 'an unknown or misspelt stamp line'],
  'an agent of spaces': [`s\n\n${edited(`Provenance-Agent: ${AGENT}`, 'Provenance-Agent:   ')}`, 'an unknown or misspelt stamp line'],
  'lines in another order': [`s\n\n${LINES.toReversed().join('\n')}\n`, 'stamp lines doubled or out of order'],
  'a line twice': [`s\n\n${edited(LINES[1]!, `${LINES[1]!}\n${LINES[1]!}`)}`, 'stamp lines doubled or out of order'],
  'no first line': [`s\n\n${edited('Provenance: ai\n', '')}`, 'an unknown provenance'],
  'an unknown provenance': [`s\n\n${edited(': ai', ': robot')}`, 'an unknown provenance'],
  'a provenance in capitals': [`s\n\n${edited(': ai', ': AI')}`, 'an unknown provenance'],
  'two spaces after the colon': [`s\n\n${edited(': ai', ':  ai')}`, 'an unknown provenance'],
  'ai alone': ['s\n\nProvenance: ai\n', 'no agent'],
  'assisted alone': ['s\n\nProvenance: assisted\n', 'no agent'],
  'ai without a session': [`s\n\n${edited(`${LINES[2]!}\n`, '')}`, 'no session'],
  'an agent that is not ASCII': [`s\n\n${edited(AGENT, 'cl\xc3\xa4ude')}`, 'an agent that is no name'],
  'an agent with an escape sequence': [`s\n\n${edited(AGENT, 'cl\x1b[2Jaude')}`, 'an agent that is no name'],
  'an agent of one character': [`s\n\n${edited(AGENT, 'x')}`, 'an agent that is no name'],
  'a session in small letters': [`s\n\n${edited(ULID, ULID.toLowerCase())}`, 'a session that is no ULID'],
  'a session that is a path': [`s\n\n${edited(ULID, `../${ULID}`)}`, 'a session that is no ULID'],
  'human with an agent': [`s\n\n${edited(': ai', ': human').replace(`${LINES[2]!}\n`, '')}`, 'a human stamp with an agent or session'],
  'human with a session': [`s\n\n${edited(': ai', ': human').replace(`${LINES[1]!}\n`, '')}`, 'a human stamp with an agent or session'],
  'human with a signature alone': [`s\n\nProvenance: human\n${LINES[5]!}\n`, 'no change digest'],
  'no change': [`s\n\n${edited(`${LINES[3]!}\n`, '')}`, 'no change digest'],
  'a change of another algorithm': [`s\n\n${edited(CHANGE, CHANGE.replace('sha256', 'sha1'))}`, 'no change digest'],
  'a change in capitals': [`s\n\n${edited(CHANGE, CHANGE.replaceAll('b', 'B'))}`, 'no change digest'],
  'a short change': [`s\n\n${edited(CHANGE, CHANGE.slice(0, -1))}`, 'no change digest'],
  'two spaces between changes': [`s\n\n${edited(CHANGE, `${CHANGE}  ${CHANGE}`)}`, 'no change digest'],
  'more changes than a commit may have parents': [`s\n\n${edited(CHANGE, Array.from({ length: 65 }, () => CHANGE).join(' ')).replace(`${LINES[4]!}\n`, '')}`, 'no change digest'],
  'no edit': [`s\n\n${edited(`${LINES[4]!}\n`, '')}`, 'no edit digest, or one on a merge'],
  'an edit on a merge': [`s\n\n${edited(CHANGE, `${CHANGE} ${CHANGE}`)}`, 'no edit digest, or one on a merge'],
  'two edits': [`s\n\n${edited(EDIT, `${EDIT} ${EDIT}`)}`, 'no edit digest, or one on a merge'],
  'no signature': [`s\n\n${edited(`${LINES[5]!}\n`, '')}`, 'no signature in a known form'],
  'another version': [`s\n\n${edited('v1 ', 'v2 ')}`, 'no signature in a known form'],
  'an unknown scheme': [`s\n\n${edited('ed25519', 'ed448')}`, 'no signature in a known form'],
  'a scheme of envelopes': [`s\n\n${edited('ed25519', 'sigstore')}`, 'no signature in a known form'],
  'two spaces in a signature': [`s\n\n${edited('ed25519 ', 'ed25519  ')}`, 'no signature in a known form'],
  'an empty signature': [`s\n\n${edited(base64(STAMP.signature!.bytes), '')}`, 'no signature in a known form'],
  'base64url': [`s\n\n${edited('BwcHB', 'Bw-_B')}`, 'no signature in a known form'],
  'base64 without padding': [`s\n\n${edited('==', '')}`, 'a signature that is not canonical base64'],
  'base64 with bits in its padding': [`s\n\n${edited('Bw==', 'Bx==')}`, 'a signature that is not canonical base64'],
  'base64 with padding inside': [`s\n\n${edited('BwcHB', 'Bw==B')}`, 'a signature that is not canonical base64'],
  'a signature of 16 KiB and more': [`s\n\n${edited('BwcH', 'BwcH'.repeat(5000))}`, 'no signature in a known form'],
};


const bad = Object.entries(MALFORMED).map(([comment, [message, reason, line]]): Vector => ({
  id: idOf(comment), comment, flags: [], input: bytes(message), expect: { status: 'malformed', reason, ...(line === undefined ? {} : { line }) },
}));

export const trailersVectors: VectorFile = {
  schema: 'countersign-vectors-v1',
  spec: 'stamps in commit messages, v1',
  notes: {},
  groups: [{ name: 'read', tests: good }, { name: 'malformed', tests: bad }],
};
