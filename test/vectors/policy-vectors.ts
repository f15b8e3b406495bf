// SPDX-License-Identifier: Apache-2.0
// What stands in policy.json: policies and rosters, most of them wrong in one way.
import { base64, concat, utf8 } from '../../src/bytes.ts';
import { decodeSshPublicKey, printSshPublicKey } from '../../src/signature/ssh/key.ts';
import { ed25519FromSeed, softAuthenticator } from '../kit/authenticator.ts';
import { ed25519Key, ed25519Private } from './fixed-keys.ts';
import type { Vector, VectorFile } from './vector.ts';

const HEAD = 'version: 1\nserial: 1\nrepository: 0192f6c4-7d1e-7b30-9f7a-3c5a1e0b2d44\n';
const PEOPLE = 'version: 1\npeople:\n';

/** The lines of fixed keys, as rosters hold them. */
export const LINES = {
  first: lineOf(0),
  second: lineOf(1),
  hardware: softAuthenticator({ key: ed25519FromSeed(Buffer.alloc(32, 7)) }).publicLine,
  /** The numbers of the first key in a security key's wrapping. */
  firstAgain: softAuthenticator({ key: ed25519Private(0) }).publicLine,
};

function lineOf(index: 0 | 1): string {
  const key = decodeSshPublicKey(ed25519Key(index).blob);
  if (typeof key === 'string') throw new Error(key);
  return printSshPublicKey(key);
}

function good(id: string, comment: string, text: string): Vector {
  return { id, comment, flags: [], input: base64(utf8(text)), expect: { status: 'good' } };
}

function bad(reason: string, id: string, comment: string, text: string | Uint8Array, ...flags: string[]): Vector {
  return { id, comment, flags, input: base64(typeof text === 'string' ? utf8(text) : text), expect: { status: 'bad', reason } };
}

const FULL = `${HEAD}provenance: required
gitSignature: presence
presence: auto
agents:
  defaults: { allow: ["src/**", "test/**"], hours: 8 }
  sessionHours: 12
  graceDays: 7
  limits:
    commit: { files: 50, additions: 2000, deletions: 500 }
    range:  { files: 150, additions: 6000, deletions: 1500 }
compliance:
  - paths: [consultations/**, post-mortems/**]
    for: all
    cosign: { threshold: 1, roles: [], excludeSponsor: true, participants: true }
    claims: check
protected:
  - name: routing and deployment
    paths: [firebase.json, .github/workflows/**, infra/**]
    for: ai
    approve: { threshold: 1, roles: [], excludeSponsor: false }
squash: { threshold: 1, roles: [], excludeSponsor: true }
approvalDays: 14
agentRules: locked
rules: { contradiction: warn, undeclared: off }
`;

const yaml = [
  bad('wrong-type', 'yaml-empty', 'no document', ''),
  bad('not-utf8', 'yaml-latin1', 'a byte that is not UTF-8', concat(utf8(`${HEAD}# caf`), Uint8Array.of(0xe9), utf8('\n'))),
  bad('unprintable', 'yaml-escape', 'an escape character in a comment', `${HEAD}# \u001b[2J\n`, 'hidden'),
  bad('unprintable', 'yaml-bidi', 'a bidi override that shows lines in another order', `${HEAD}# \u202e\n`, 'hidden'),
  bad('unprintable', 'yaml-carriage-return', 'a lone carriage return ends a line in some editors', `${HEAD}# a\rpresence: off\n`, 'hidden'),
  bad('unprintable', 'yaml-line-separator', 'U+2028 ends a line in some editors', `${HEAD}# a\u2028presence: required\n`, 'hidden'),
  bad('syntax', 'yaml-syntax', 'a list that does not end', `${HEAD}protected: [\n`),
  bad('syntax', 'yaml-tab', 'a tab as indentation', `${HEAD}squash:\n\tthreshold: 1\n`),
  bad('too-deep', 'yaml-deep-flow', 'lists in lists', `a: ${'['.repeat(1000)}`, 'bounds'),
  bad('too-deep', 'yaml-deep-block', 'lists in lists, in block style', '- '.repeat(1000), 'bounds'),
  bad('anchor', 'yaml-anchor', 'an anchor', `${HEAD}squash: &s { threshold: 1 }\n`),
  bad('anchor', 'yaml-bomb', 'anchors that would make a billion laughs', 'a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n', 'bounds'),
  bad('alias', 'yaml-alias', 'an alias', `${HEAD}squash: *s\n`),
  bad('tag', 'yaml-tag', 'a tag', `${HEAD}approvalDays: !!int "3"\n`),
  bad('directive', 'yaml-1.1', 'a directive that makes yes a boolean', `%YAML 1.1\n---\n${HEAD}`),
  bad('several-documents', 'yaml-documents', 'a second document', `${HEAD}---\n${HEAD}`),
  bad('duplicate-key', 'yaml-duplicate', 'one key twice', `${HEAD}serial: 2\n`),
  bad('duplicate-key', 'yaml-duplicate-quoted', 'one key twice, once in quotes', `${HEAD}"serial": 2\n`),
  bad('unknown-key', 'yaml-merge', 'a merge key is a key like others', `${HEAD}<<: { presence: off }\n`),
  bad('unknown-key', 'yaml-proto', 'the prototype', `${HEAD}__proto__: { presence: off }\n`),
  bad('unknown-key', 'yaml-proto-deep', 'the prototype of something inside', `${HEAD}squash: { __proto__: { threshold: 0 } }\n`),
];

const policies = [
  good('policy-least', 'only what has no default', HEAD),
  good('policy-full', 'every key', FULL),
  good('policy-crlf', 'lines that end as on Windows', HEAD.replaceAll('\n', '\r\n')),
  good('policy-marker', 'one document may have its marker', `---\n${HEAD}`),
  good('policy-kernel-error', 'a kernel rule at its own level', `${HEAD}rules: { objection: error }\n`),
  good('policy-keyless-presence', 'issuers whose sign-in proves presence, with claims and with none', `${HEAD}keylessPresence:\n  - { issuer: https://id.example.com, claims: { 1.3.6.1.4.1.99999.1: hardware } }\n  - { issuer: https://desk.example.com, claims: {} }\n`),
  bad('missing-key', 'policy-keyless-claims', 'whether claims were forgotten is not guessed', `${HEAD}keylessPresence: [{ issuer: https://id.example.com }]\n`),
  bad('unknown-key', 'policy-keyless-identity', 'presence is the issuer\'s claim, not somebody\'s', `${HEAD}keylessPresence: [{ issuer: https://id.example.com, claims: {}, identity: a }]\n`),
  bad('invalid-value', 'policy-keyless-issuer', 'an issuer that is no address', `${HEAD}keylessPresence: [{ issuer: id.example.com, claims: {} }]\n`),
  bad('invalid-value', 'policy-keyless-oid', 'a claim by a name', `${HEAD}keylessPresence: [{ issuer: https://id.example.com, claims: { amr: hwk } }]\n`),
  bad('wrong-type', 'policy-keyless-value', 'a claim that is a number', `${HEAD}keylessPresence: [{ issuer: https://id.example.com, claims: { 1.2.3: 1 } }]\n`),
  bad('unknown-key', 'policy-misspelt', 'a misspelt key', `${HEAD}aproval-days: 3\n`),
  bad('unknown-key', 'policy-misspelt-deep', 'a misspelt key inside', `${HEAD}compliance:\n  - paths: [a]\n    cosign: { treshold: 2 }\n`),
  bad('unknown-key', 'policy-unknown-rule', 'a rule that does not exist', `${HEAD}rules: { undeclred: off }\n`),
  bad('missing-key', 'policy-no-serial', 'no serial', HEAD.replace('serial: 1\n', '')),
  bad('invalid-value', 'policy-version', 'another version', HEAD.replace('version: 1', 'version: 2')),
  bad('invalid-value', 'policy-serial-zero', 'a serial of 0', HEAD.replace('serial: 1', 'serial: 0')),
  bad('wrong-type', 'policy-serial-fraction', 'a serial between two', HEAD.replace('serial: 1', 'serial: 1.5')),
  bad('invalid-value', 'policy-serial-unsafe', 'a serial that numbers can\'t tell from the next one', HEAD.replace('serial: 1', 'serial: 9007199254740992')),
  bad('wrong-type', 'policy-serial-text', 'a serial in quotes', HEAD.replace('serial: 1', 'serial: "1"')),
  bad('invalid-value', 'policy-repository', 'a repository id that is no UUID', HEAD.replace('0192f6c4-', '')),
  bad('invalid-value', 'policy-repository-case', 'a UUID in upper case', HEAD.replace('0192f6c4', '0192F6C4')),
  bad('wrong-type', 'policy-yes', 'yes is a word, not a boolean', `${HEAD}squash: { excludeSponsor: yes }\n`),
  bad('invalid-value', 'policy-threshold-zero', 'nobody is enough', `${HEAD}squash: { threshold: 0 }\n`),
  bad('invalid-value', 'policy-hours', 'a session of more than a week', `${HEAD}agents: { sessionHours: 169 }\n`),
  bad('too-long', 'policy-default-hours', 'by default longer than allowed', `${HEAD}agents: { sessionHours: 4 }\n`),
  bad('invalid-value', 'policy-no-paths', 'a rule about nothing', `${HEAD}protected:\n  - { name: a, paths: [] }\n`),
  bad('bad-glob', 'policy-absolute', 'a pattern that begins with a slash', `${HEAD}protected:\n  - { name: a, paths: [/infra] }\n`),
  bad('bad-glob', 'policy-double-star', 'a pattern that means less than it says', `${HEAD}protected:\n  - { name: a, paths: [infra/**.tf] }\n`),
  bad('invalid-value', 'policy-kernel-off', 'a kernel rule turned off', `${HEAD}rules: { policy-change: off }\n`, 'kernel'),
  bad('invalid-value', 'policy-kernel-warn', 'a kernel rule turned down', `${HEAD}rules: { evidence-removed: warn }\n`, 'kernel'),
  bad('wrong-type', 'policy-null', 'a key with nothing behind it', `${HEAD}squash:\n`),
];

const person = (id: string, rest: string): string => `  ${id}: { name: A person, ${rest} }\n`;
const keys = (...lines: string[]): string => `keys: [${lines.map((line) => `{ ssh: ${line} }`).join(', ')}]`;

const rosters = [
  good('roster-full', 'people, an agent with its forge\'s key, a forge', `${PEOPLE}  alice:\n    name: Alice Example\n    emails: [alice@example.com]\n    roles: [owner]\n    keys:\n      - ssh: ${LINES.hardware}\n      - openpgp: keys/alice.asc\n      - sigstore: { issuer: https://accounts.google.com, identity: alice@example.com }\n      - { ssh: ${LINES.first}, revoked: { at: 2026-01-31T12:00:00Z, reason: retired } }\nagents:\n  copilot: { emails: [198982749+Copilot@users.noreply.github.com], keys: [{ openpgp: keys/github-web-flow.asc }] }\nforges:\n  github: { keys: [{ openpgp: keys/github-web-flow.asc }] }\n`),
  good('roster-two', 'two people', PEOPLE + person('alice', keys(LINES.first)) + person('bob', keys(LINES.second))),
  good('roster-constructor', 'a person whose name every object knows', PEOPLE + person('constructor', 'emails: []')),
  good('roster-own-spellings', 'one\'s own address in two spellings', PEOPLE + person('alice', 'emails: [a@x.example, A@X.example]')),
  good('roster-bounds', 'keys that count for a time, or for one kind of signature', PEOPLE + person('alice', `keys: [{ ssh: ${LINES.first}, validAfter: 2026-01-01T00:00:00Z, validBefore: 2026-12-31T23:59:59Z, namespaces: [git] }, { openpgp: keys/alice.asc, validBefore: 2027-01-01T00:00:00Z }]`)),
  good('roster-authority', 'one CA of SSH certificates and one of X.509, each for two people', PEOPLE + ['alice', 'bob'].map((id) => person(id, `keys: [{ ssh: ${LINES.first}, certAuthority: [${id}@example.com] }, { x509: { ca: keys/corp.pem, identity: ${id}@example.com } }]`)).join('')),
  good('roster-two-wrappings', "one's own key as a plain and as a security key", PEOPLE + person('alice', keys(LINES.first, LINES.firstAgain))),
  bad('missing-key', 'roster-no-name', 'a person without a name', `${PEOPLE}  alice: {}\n`),
  bad('unknown-key', 'roster-misspelt', 'a misspelt key', PEOPLE + person('alice', 'emials: []')),
  bad('invalid-value', 'roster-id-case', 'an id in upper case', PEOPLE + person('Alice', 'emails: []')),
  bad('invalid-value', 'roster-id-path', 'an id that would be a path', PEOPLE + person('"../alice"', 'emails: []')),
  bad('invalid-value', 'roster-name-lines', 'a name of two lines', `${PEOPLE}  alice: { name: "A\\nB" }\n`),
  bad('invalid-value', 'roster-email', 'an address without @', PEOPLE + person('alice', 'emails: [alice]')),
  bad('invalid-value', 'roster-email-zero-width', 'an address that looks like another one', `${PEOPLE}  alice: { name: A, emails: ["a\\u200bb@x.example"] }\n`, 'one-person'),
  bad('invalid-value', 'roster-openpgp-path', 'a key file elsewhere', PEOPLE + person('alice', 'keys: [{ openpgp: ../alice.asc }]')),
  bad('invalid-value', 'roster-sigstore-issuer', 'an issuer with a fragment', PEOPLE + person('alice', 'keys: [{ sigstore: { issuer: "https://a#b", identity: c } }]')),
  bad('bad-key', 'roster-no-scheme', 'a key without a scheme', PEOPLE + person('alice', 'keys: [{}]')),
  bad('bad-key', 'roster-two-schemes', 'a key of two schemes', PEOPLE + person('alice', `keys: [{ ssh: ${LINES.first}, openpgp: keys/a.asc }]`)),
  bad('bad-key', 'roster-not-ssh', 'an ssh key that is none', PEOPLE + person('alice', 'keys: [{ ssh: ssh-ed25519 AAAA }]')),
  bad('bad-key', 'roster-ssh-options', 'options before the key', PEOPLE + person('alice', `keys: [{ ssh: cert-authority ${LINES.first} }]`)),
  bad('invalid-value', 'roster-revoked-zone', 'a time that is not UTC', PEOPLE + person('alice', `keys: [{ ssh: ${LINES.first}, revoked: { at: "2026-01-31T12:00:00+01:00", reason: retired } }]`)),
  bad('invalid-value', 'roster-revoked-day', 'the 30th of February', PEOPLE + person('alice', `keys: [{ ssh: ${LINES.first}, revoked: { at: 2026-02-30T12:00:00Z, reason: retired } }]`)),
  bad('invalid-value', 'roster-revoked-reason', 'another reason', PEOPLE + person('alice', `keys: [{ ssh: ${LINES.first}, revoked: { at: 2026-01-31T12:00:00Z, reason: lost } }]`)),
  bad('shared-key', 'roster-key-of-two', 'one key of two people', PEOPLE + person('alice', keys(LINES.first)) + person('bob', keys(LINES.first)), 'one-person'),
  bad('shared-key', 'roster-key-comment', 'one key of two people under two comments', PEOPLE + person('alice', keys(`${LINES.first} a`)) + person('bob', keys(`${LINES.first} b`)), 'one-person'),
  bad('shared-key', 'roster-key-twice', 'one key twice in an entry, revoked in one place only', PEOPLE + person('alice', `keys: [{ ssh: ${LINES.first} }, { ssh: ${LINES.first} b, revoked: { at: 2026-01-31T12:00:00Z, reason: compromised } }]`)),
  bad('shared-key', 'roster-key-person-forge', 'one key of a person and a forge', `${PEOPLE}${person('alice', keys(LINES.first))}forges:\n  github: { ${keys(LINES.first)} }\n`, 'one-person'),
  bad('shared-key', 'roster-key-person-agent', 'one key of a person and an agent', `${PEOPLE}${person('alice', keys(LINES.first))}agents:\n  bot: { emails: [b@x.example], ${keys(LINES.first)} }\n`, 'one-person'),
  bad('shared-key', 'roster-key-agents', 'one key of two agents, and no forge\'s', `${PEOPLE}${person('alice', 'emails: []')}agents:\n  a: { emails: [a@x.example], ${keys(LINES.first)} }\n  b: { emails: [b@x.example], ${keys(LINES.first)} }\n`),
  bad('no-email', 'roster-agent-no-email', 'an agent with its forge\'s key and no address', `${PEOPLE}${person('alice', 'emails: []')}agents:\n  bot: { ${keys(LINES.first)} }\nforges:\n  github: { ${keys(LINES.first)} }\n`),
  bad('invalid-value', 'roster-bounds-order', 'bounds that leave no time', PEOPLE + person('alice', `keys: [{ ssh: ${LINES.first}, validAfter: 2026-01-02T00:00:00Z, validBefore: 2026-01-01T00:00:00Z }]`)),
  bad('invalid-value', 'roster-bounds-date', 'a bound that is a date', PEOPLE + person('alice', `keys: [{ ssh: ${LINES.first}, validBefore: 2026-01-02 }]`)),
  bad('invalid-value', 'roster-namespace', 'a namespace that nobody signs in', PEOPLE + person('alice', `keys: [{ ssh: ${LINES.first}, namespaces: [file] }]`)),
  bad('bad-key', 'roster-namespace-scheme', 'a namespace of a scheme that has none', PEOPLE + person('alice', 'keys: [{ openpgp: keys/a.asc, namespaces: [git] }]')),
  bad('bad-key', 'roster-authority-scheme', 'principals of an OpenPGP key', PEOPLE + person('alice', 'keys: [{ openpgp: keys/a.asc, certAuthority: [a@x.example] }]')),
  bad('invalid-value', 'roster-authority-nobody', 'a CA that certifies nobody', PEOPLE + person('alice', `keys: [{ ssh: ${LINES.first}, certAuthority: [] }]`)),
  bad('invalid-value', 'roster-authority-pattern', 'a pattern of principals', PEOPLE + person('alice', `keys: [{ ssh: ${LINES.first}, certAuthority: ["*@example.com"] }]`), 'one-person'),
  bad('shared-key', 'roster-principal-of-two', 'one principal of one CA in two entries', PEOPLE + person('alice', `keys: [{ ssh: ${LINES.first}, certAuthority: [a@x.example] }]`) + person('bob', `keys: [{ ssh: ${LINES.first}, certAuthority: [b@x.example, A@x.example] }]`), 'one-person'),
  bad('shared-key', 'roster-authority-of-another', "one person's key is the CA of another's certificates", PEOPLE + person('alice', `keys: [{ ssh: ${LINES.first}, certAuthority: [a@x.example] }]`) + person('bob', keys(LINES.first)), 'one-person'),
  bad('shared-key', 'roster-wrapping-of-two', "one key of two people, once in a security key's wrapping", PEOPLE + person('alice', keys(LINES.first)) + person('bob', keys(LINES.firstAgain)), 'one-person'),
  bad('invalid-value', 'roster-x509-path', 'a CA elsewhere', PEOPLE + person('alice', 'keys: [{ x509: { ca: keys/../../corp.pem, identity: a@x.example } }]')),
  bad('invalid-value', 'roster-x509-identity', 'an X.509 identity that is no address', PEOPLE + person('alice', 'keys: [{ x509: { ca: keys/corp.pem, identity: alice } }]')),
  bad('shared-key', 'roster-x509-identity-case', 'one X.509 identity of two people, in two cases', PEOPLE + person('alice', 'keys: [{ x509: { ca: keys/corp.pem, identity: a@x.example } }]') + person('bob', 'keys: [{ x509: { ca: keys/corp.pem, identity: A@X.example } }]'), 'one-person'),
  bad('shared-email', 'roster-email-of-two', 'one address of two people', PEOPLE + person('alice', 'emails: [a@x.example]') + person('bob', 'emails: [a@x.example]'), 'one-person'),
  bad('shared-email', 'roster-email-case', 'one address in two cases', PEOPLE + person('alice', 'emails: [a@x.example]') + person('bob', 'emails: [A@X.example]'), 'one-person'),
  bad('shared-email', 'roster-email-space', 'one address with a space behind it', PEOPLE + person('alice', 'emails: [a@x.example]') + person('bob', 'emails: ["a@x.example "]'), 'one-person'),
  bad('shared-email', 'roster-email-form', 'one address, composed and decomposed', PEOPLE + person('alice', 'emails: [caf\u00e9@x.example]') + person('bob', 'emails: [cafe\u0301@x.example]'), 'one-person'),
  bad('shared-email', 'roster-email-agent', 'one address of a person and an agent', `${PEOPLE}${person('alice', 'emails: [a@x.example]')}agents:\n  bot: { emails: [a@x.example] }\n`, 'one-person'),
];

export const policyVectors: VectorFile = {
  schema: 'countersign-vectors-v1',
  spec: 'countersign policy and roster, version 1',
  notes: {
    'form': 'of a group: whether its inputs are read as policy.yaml or as roster.yaml',
    'bounds': 'refused before it costs much: at most 256 KiB, at most 16 deep',
    'hidden': 'a reader of the file would see something else than a parser',
    'kernel': 'a rule that guards the policy itself is always an error',
    'one-person': 'one person must not count as two',
  },
  groups: [
    { form: 'policy', name: 'yaml', tests: yaml },
    { form: 'policy', name: 'policies', tests: policies },
    { form: 'roster', name: 'rosters', tests: rosters },
  ],
};
