// SPDX-License-Identifier: Apache-2.0
// The judgement over time, case by case, beside what the real gpg says of the same bytes. Where the two differ, the case
// says why: these are all the differences that we know of. gpg judges by the day of the test, we by that of the signature.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCertificates } from '../../../src/signature/openpgp/certificate.ts';
import { checkOpenpgp, type OpenpgpReason } from '../../../src/signature/openpgp/openpgp.ts';
import { DAY, T0, bind, certify, direct, flags, issuerOf, keyIdOf, mintKey, packet, publicKey, reason, seconds, sign, signature, subkey, subpackets, uint, user } from './mint.ts';
import type { MintKey, SignatureOptions } from './mint.ts';
import { ask, hasGpg, type Letter } from './oracle.ts';

const test = suite('openpgp judgement');

interface Case {
  certificate: Uint8Array[];
  signature: Uint8Array;
  ours: 'good' | 'stranger' | OpenpgpReason;
  gpg: Letter;
  /** Why ours is not gpg's verdict. */
  why?: string;
}

const PAYLOAD = Buffer.from('tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\r\n\n text  \n');
const NOW_EXPIRED = 'it was not expired when it signed, and is by now';
const THEN = 'what a key may do is judged by the time of the signature';

const key = mintKey('eddsa');
const other = mintKey('eddsa', { at: T0 + 1 });
const [sub, rsaSub] = [mintKey('eddsa', { at: T0 + DAY }), mintKey('rsa2048', { at: T0 + DAY })];
const at = T0 + 10 * DAY;
const data = (more: Partial<SignatureOptions> = {}, by: MintKey = key, when = at): Buffer => sign(by, PAYLOAD, when, more);
const plain = [publicKey(key), user(key)];
/** A subkey's expiry and the like count from its own creation. */
const span = (days: number): ReturnType<typeof seconds> => seconds(9, days * DAY);

const primary: Record<string, Case> = {
  'a plain key': { certificate: plain, signature: data(), ours: 'good', gpg: 'G' },
  'without a certificate': { certificate: [], signature: data(), ours: 'stranger', gpg: 'E' },
  'by another key': { certificate: plain, signature: data({}, other), ours: 'stranger', gpg: 'E' },
  'over another payload': { certificate: plain, signature: sign(key, Buffer.from('x'), at), ours: 'signature', gpg: 'B' },
  'a flag for signing only': { certificate: [publicKey(key), user(key, { hashed: [flags(2)] })], signature: data(), ours: 'good', gpg: 'G' },
  'no flags at all': { certificate: [publicKey(key), user(key, { hashed: [] })], signature: data(), ours: 'good', gpg: 'G' },
  'flags without signing': { certificate: [publicKey(key), user(key, { hashed: [flags(1)] })], signature: data(), ours: 'key-usage', gpg: 'E' },
  'signing taken back later': { certificate: [publicKey(key), user(key), certify(key, { at: at + DAY, hashed: [flags(1)] })], signature: data(), ours: 'good', gpg: 'E', why: THEN },
  'signing taken back before': { certificate: [publicKey(key), user(key), certify(key, { at: at - DAY, hashed: [flags(1)] })], signature: data(), ours: 'key-usage', gpg: 'E' },
  'signing allowed later': { certificate: [publicKey(key), user(key, { hashed: [flags(1)] }), certify(key, { at: at + DAY })], signature: data(), ours: 'good', gpg: 'G' },
  'before the key was made': { certificate: plain, signature: data({}, key, T0 - 1), ours: 'predates-key', gpg: 'E' },
  'at the moment it was made': { certificate: plain, signature: data({}, key, T0), ours: 'good', gpg: 'G' },
  'before the only self-signature': { certificate: [publicKey(key), user(key, { at: at + DAY })], signature: data(), ours: 'good', gpg: 'G' },
  'no self-signature': { certificate: [publicKey(key), packet(13, Buffer.from('Test'))], signature: data(), ours: 'unbound', gpg: 'E' },
  "a stranger's certification only": { certificate: [publicKey(key), packet(13, Buffer.from('Test')), user(other)], signature: data(), ours: 'unbound', gpg: 'E' },
  'a self-signature of another user id': { certificate: [publicKey(key), packet(13, Buffer.from('Test')), certify(key)], signature: data(), ours: 'unbound', gpg: 'E' },
  'a self-signature older than the key': { certificate: [publicKey(key), user(key, { at: T0 - 1 })], signature: data(), ours: 'unbound', gpg: 'E' },
  'a self-signature by SHA-1': { certificate: [publicKey(key), user(key, { digest: 2 })], signature: data(), ours: 'good', gpg: 'G' },
  'a self-signature by MD5': { certificate: [publicKey(key), user(key, { digest: 1 })], signature: data(), ours: 'unbound', gpg: 'E' },
  'a self-signature by RIPEMD-160': { certificate: [publicKey(key), user(key, { digest: 3 })], signature: data(), ours: 'unbound', gpg: 'G', why: 'no key of this century needs it' },
  'a self-signature with an unknown critical subpacket': { certificate: [publicKey(key), user(key, { hashed: [flags(3), { type: 100, body: Buffer.of(1), critical: true }] })], signature: data(), ours: 'unbound', gpg: 'E' },
  'a direct self-signature and no user id': { certificate: [publicKey(key), direct(key, 0x1f, T0, [flags(3)])], signature: data(), ours: 'good', gpg: 'E', why: 'RFC 9580 §10.1.5 asks for no user id; gpg 2.2 does' },
  'of two self-signatures of one second, the first allows it': { certificate: [...plain, certify(key, { hashed: [flags(1)] })], signature: data(), ours: 'key-usage', gpg: 'E' },
  'of two self-signatures of one second, the second allows it': { certificate: [publicKey(key), user(key, { hashed: [flags(1)] }), certify(key)], signature: data(), ours: 'good', gpg: 'G' },
  'of two user ids of one second, the first allows it': { certificate: [...plain, user(key, { text: Buffer.from('b'), hashed: [flags(1)] })], signature: data(), ours: 'good', gpg: 'G' },
  'of two user ids of one second, the second allows it': { certificate: [publicKey(key), user(key, { text: Buffer.from('b'), hashed: [flags(1)] }), user(key)], signature: data(), ours: 'key-usage', gpg: 'E' },
  'a user id that was taken back before': { certificate: [...plain, certify(key, { type: 0x30, at: at - DAY, hashed: [] })], signature: data(), ours: 'unbound', gpg: 'G', why: 'nothing says that the key signs any more' },
  'a user id that was taken back later': { certificate: [...plain, certify(key, { type: 0x30, at: at + DAY, hashed: [] })], signature: data(), ours: 'good', gpg: 'G' },
  'a user id that was certified anew': { certificate: [...plain, certify(key, { type: 0x30, at: at - 2 * DAY, hashed: [] }), certify(key, { at: at - DAY })], signature: data(), ours: 'good', gpg: 'G' },
};

const expiry: Record<string, Case> = {
  'a key that expired later': { certificate: [publicKey(key), user(key, { hashed: [flags(3), span(20)] })], signature: data(), ours: 'good', gpg: 'Y', why: NOW_EXPIRED },
  'a key that had expired': { certificate: [publicKey(key), user(key, { hashed: [flags(3), span(5)] })], signature: data(), ours: 'expired', gpg: 'Y' },
  'a key that expired in that second': { certificate: [publicKey(key), user(key, { hashed: [flags(3), span(10)] })], signature: data(), ours: 'expired', gpg: 'Y' },
  'a key that had expired and was prolonged later': { certificate: [publicKey(key), user(key, { hashed: [flags(3), span(5)] }), certify(key, { at: at + DAY })], signature: data(), ours: 'good', gpg: 'G' },
  'a key whose life was cut to before the signature': { certificate: [publicKey(key), user(key), certify(key, { at: at + DAY, hashed: [flags(3), span(5)] })], signature: data(), ours: 'good', gpg: 'Y', why: THEN },
  'an expiry of zero': { certificate: [publicKey(key), user(key, { hashed: [flags(3), span(0)] })], signature: data(), ours: 'good', gpg: 'G' },
  'a direct expiry goes before that of a user id': { certificate: [publicKey(key), direct(key, 0x1f, T0, [flags(3), span(5)]), user(key)], signature: data(), ours: 'expired', gpg: 'Y' },
  'a self-signature that had run out': { certificate: [publicKey(key), user(key, { hashed: [flags(3), seconds(3, 5 * DAY)] })], signature: data(), ours: 'unbound', gpg: 'G', why: 'nothing said that the key signs any more; gpg keeps the key and drops the user id' },
  'a signature that has run out by now': { certificate: plain, signature: data({ hashed: [seconds(3, DAY)] }), ours: 'good', gpg: 'X', why: 'it tells `expiresAt`; no clock is read here' },
  'an expiry that was not signed along': { certificate: plain, signature: data({ unhashed: [seconds(3, 1)] }), ours: 'good', gpg: 'G' },
};

const revoked = (code: number | undefined, when: number, more: Partial<SignatureOptions> = {}): Buffer => direct(key, 0x20, when, code === undefined ? [] : [reason(code)], more);
const withRevocation = (...revocations: Buffer[]): Buffer[] => [publicKey(key), ...revocations, user(key)];

const revocation: Record<string, Case> = {
  'compromised, later': { certificate: withRevocation(revoked(2, at + DAY)), signature: data(), ours: 'revoked', gpg: 'R' },
  'for no reason, later': { certificate: withRevocation(revoked(0, at + DAY)), signature: data(), ours: 'revoked', gpg: 'R' },
  'without a reason packet, later': { certificate: withRevocation(revoked(undefined, at + DAY)), signature: data(), ours: 'revoked', gpg: 'R' },
  'with two reasons, later': { certificate: withRevocation(direct(key, 0x20, at + DAY, [reason(1), reason(2)])), signature: data(), ours: 'revoked', gpg: 'R' },
  'with an unknown critical subpacket': { certificate: withRevocation(direct(key, 0x20, at + DAY, [reason(2), { type: 100, body: Buffer.of(1), critical: true }])), signature: data(), ours: 'revoked', gpg: 'G', why: 'doubt about a revocation does not bring the key back' },
  'retired, later': { certificate: withRevocation(revoked(3, at + DAY)), signature: data(), ours: 'good', gpg: 'R', why: 'a soft revocation leaves what was signed before' },
  'superseded, later': { certificate: withRevocation(revoked(1, at + DAY)), signature: data(), ours: 'good', gpg: 'R', why: 'a soft revocation leaves what was signed before' },
  'retired, in that second': { certificate: withRevocation(revoked(3, at)), signature: data(), ours: 'revoked', gpg: 'R' },
  'retired before': { certificate: withRevocation(revoked(3, at - DAY)), signature: data(), ours: 'revoked', gpg: 'R' },
  'retired, then compromised': { certificate: withRevocation(revoked(3, at + DAY), revoked(2, at + 2 * DAY)), signature: data(), ours: 'revoked', gpg: 'R' },
  'retired and self-signed anew': { certificate: [...withRevocation(revoked(3, at - DAY)), certify(key, { at: at - 1 })], signature: data(), ours: 'revoked', gpg: 'R' },
  'by somebody else': { certificate: withRevocation(packet(2, signature(other, { type: 0x20, at: at - DAY, over: [Buffer.concat([Buffer.of(0x99), uint(key.body.length, 2), key.body])] }))), signature: data(), ours: 'good', gpg: 'G' },
  'forged in the name of the key': { certificate: withRevocation(packet(2, signature({ ...other, fingerprint: key.fingerprint }, { type: 0x20, at, over: [Buffer.from('x')] }))), signature: data(), ours: 'good', gpg: 'G' },
};

const bySub = (more: Partial<SignatureOptions> = {}, when = at): Buffer => sign(sub, PAYLOAD, when, more);
const withSub = (...after: Buffer[]): Buffer[] => [...plain, subkey(sub), ...after];

const subkeys: Record<string, Case> = {
  'a signing subkey': { certificate: withSub(bind(key, sub)), signature: bySub(), ours: 'good', gpg: 'G' },
  'of RSA below EdDSA': { certificate: [...plain, subkey(rsaSub), bind(key, rsaSub)], signature: sign(rsaSub, PAYLOAD, at), ours: 'good', gpg: 'G' },
  'without a binding': { certificate: withSub(), signature: bySub(), ours: 'unbound', gpg: 'E' },
  'bound by somebody else': { certificate: withSub(bind(other, sub)), signature: bySub(), ours: 'unbound', gpg: 'E' },
  'without a cross signature': { certificate: withSub(bind(key, sub, { backsig: false })), signature: bySub(), ours: 'cross-signature', gpg: 'E' },
  'with the cross signature of another key': { certificate: withSub(bind(key, sub, { backsig: other })), signature: bySub(), ours: 'cross-signature', gpg: 'E' },
  'without a flag for signing': { certificate: withSub(bind(key, sub, { hashed: [flags(0x20)] })), signature: bySub(), ours: 'key-usage', gpg: 'E' },
  'without flags': { certificate: withSub(bind(key, sub, { hashed: [] })), signature: bySub(), ours: 'good', gpg: 'G' },
  'before it was made': { certificate: withSub(bind(key, sub)), signature: bySub({}, T0 + 1), ours: 'predates-key', gpg: 'E' },
  'that expired later': { certificate: withSub(bind(key, sub, { hashed: [flags(2), span(20)] })), signature: bySub(), ours: 'good', gpg: 'Y', why: NOW_EXPIRED },
  'that had expired': { certificate: withSub(bind(key, sub, { hashed: [flags(2), span(5)] })), signature: bySub(), ours: 'expired', gpg: 'Y' },
  'that had expired and was prolonged later': { certificate: withSub(bind(key, sub, { hashed: [flags(2), span(5)] }), bind(key, sub, { at: at + DAY })), signature: bySub(), ours: 'good', gpg: 'G' },
  'of a primary key that had expired': { certificate: [publicKey(key), user(key, { hashed: [flags(3), span(5)] }), subkey(sub), bind(key, sub)], signature: bySub(), ours: 'expired', gpg: 'Y' },
  'compromised later': { certificate: withSub(bind(key, sub, { type: 0x28, at: at + DAY, hashed: [reason(2)] }), bind(key, sub)), signature: bySub(), ours: 'revoked', gpg: 'R' },
  'retired later': { certificate: withSub(bind(key, sub, { type: 0x28, at: at + DAY, hashed: [reason(3)] }), bind(key, sub)), signature: bySub(), ours: 'good', gpg: 'R', why: 'a soft revocation leaves what was signed before' },
  'retired before': { certificate: withSub(bind(key, sub, { type: 0x28, at: at - DAY, hashed: [reason(3)] }), bind(key, sub)), signature: bySub(), ours: 'revoked', gpg: 'R' },
  'of a primary key that was compromised': { certificate: [...withRevocation(revoked(2, at + DAY)), subkey(sub), bind(key, sub)], signature: bySub(), ours: 'revoked', gpg: 'R' },
  'bound later than it signed': { certificate: withSub(bind(key, sub, { at: at + DAY })), signature: bySub(), ours: 'good', gpg: 'G' },
  'of two bindings of one second, the first allows it': { certificate: withSub(bind(key, sub), bind(key, sub, { hashed: [flags(0x20)] })), signature: bySub(), ours: 'key-usage', gpg: 'E' },
  'of two bindings of one second, the second allows it': { certificate: withSub(bind(key, sub, { hashed: [flags(0x20)] }), bind(key, sub)), signature: bySub(), ours: 'good', gpg: 'G' },
  'in the name of the primary key': { certificate: withSub(bind(key, sub)), signature: bySub({ issuer: false, hashed: [issuerOf(key)], unhashed: [keyIdOf(key)] }), ours: 'signature', gpg: 'B' },
};

const v3 = Buffer.concat([Buffer.of(3, 5, 0), uint(at, 4), Buffer.from(key.fingerprint.slice(-16), 'hex'), Buffer.of(1, 8, 0, 0, 0, 1, 1)]);
const packets: Record<string, Case> = {
  'text instead of binary': { certificate: plain, signature: data({ type: 1, over: [Buffer.from(PAYLOAD.toString().replaceAll(/\r*\n/g, '\r\n'))] }), ours: 'type', gpg: 'G', why: 'a text signature leaves open what the line ends are' },
  'a standalone signature': { certificate: plain, signature: data({ type: 2 }), ours: 'type', gpg: 'E' },
  'a self-signature': { certificate: plain, signature: certify(key), ours: 'type', gpg: 'E' },
  'version 3': { certificate: plain, signature: packet(2, v3), ours: 'version', gpg: 'E' },
  'a digest of SHA-1': { certificate: plain, signature: data({ digest: 2 }), ours: 'weak-digest', gpg: 'G', why: 'two commits with one SHA-1 can be made' },
  'a digest of RIPEMD-160': { certificate: plain, signature: data({ digest: 3 }), ours: 'weak-digest', gpg: 'G', why: 'of the strength of SHA-1' },
  'a digest of MD5': { certificate: plain, signature: data({ digest: 1 }), ours: 'weak-digest', gpg: 'E' },
  'a digest of SHA-224 below EdDSA': { certificate: plain, signature: data({ digest: 11 }), ours: 'weak-digest', gpg: 'G', why: 'RFC 9580 §5.2.3.3 asks for 256 bits' },
  'a digest of SHA3': { certificate: plain, signature: data({ digest: 12 }), ours: 'good', gpg: 'E', why: 'gpg 2.2 does not know it' },
  'an unknown critical subpacket': { certificate: plain, signature: data({ hashed: [{ type: 100, body: Buffer.of(1), critical: true }] }), ours: 'critical', gpg: 'B' },
  'an unknown subpacket': { certificate: plain, signature: data({ hashed: [{ type: 100, body: Buffer.of(1) }] }), ours: 'good', gpg: 'G' },
  'an unknown critical subpacket that was not signed': { certificate: plain, signature: data({ unhashed: [{ type: 100, body: Buffer.of(1), critical: true }] }), ours: 'good', gpg: 'B', why: 'anybody can add it: it says nothing' },
  'a critical notation': { certificate: plain, signature: data({ hashed: [{ type: 20, critical: true, body: Buffer.concat([uint(0x80000000, 4), uint(3, 2), uint(1, 2), Buffer.from('a@bc')]) }] }), ours: 'critical', gpg: 'B' },
  'two times': { certificate: plain, signature: data({ hashed: [seconds(2, at + 1)] }), ours: 'ambiguous', gpg: 'G', why: 'programs differ in which of the two counts' },
  'a signed issuer that is another key': { certificate: plain, signature: data({ issuer: false, hashed: [issuerOf(key), keyIdOf(other)], unhashed: [] }), ours: 'issuer', gpg: 'G', why: 'gpg passes over the second name' },
  'an unsigned issuer that is another key': { certificate: plain, signature: data({ issuer: false, hashed: [issuerOf(key)], unhashed: [keyIdOf(other)] }), ours: 'good', gpg: 'G' },
  'an unsigned key id only': { certificate: plain, signature: data({ issuer: false, unhashed: [keyIdOf(key)] }), ours: 'good', gpg: 'G' },
  'a fingerprint only': { certificate: plain, signature: data({ issuer: false, hashed: [issuerOf(key)] }), ours: 'good', gpg: 'G' },
  'no issuer': { certificate: plain, signature: data({ issuer: false }), ours: 'issuer', gpg: 'E' },
  'a wrong left 16 bits': { certificate: plain, signature: withoutLeft16(data()), ours: 'good', gpg: 'G' },
  'junk behind it': { certificate: plain, signature: Buffer.concat([data(), Buffer.from('junk')]), ours: 'malformed', gpg: 'G', why: 'one packet, and nothing else' },
  'twice': { certificate: plain, signature: Buffer.concat([data(), data()]), ours: 'malformed', gpg: 'E' },
  'a marker before it': { certificate: plain, signature: Buffer.concat([packet(10, Buffer.from('PGP')), data()]), ours: 'malformed', gpg: 'G', why: 'one packet, and nothing else' },
};

/** Spoils the two octets that nobody needs. */
function withoutLeft16(whole: Buffer): Buffer {
  const spoilt = Buffer.from(whole);
  // before them: the frame, four octets, the hashed area (which ends in the fingerprint) and the unhashed one (a key id)
  const before = spoilt.indexOf(Buffer.concat([subpackets([keyIdOf(key)], 4)])) + subpackets([keyIdOf(key)], 4).length;
  spoilt[before]! ^= 0xff;
  return spoilt;
}

for (const [group, cases] of Object.entries({ primary, expiry, revocation, subkeys, packets })) {
  for (const [name, { certificate, signature: bytes, ours, gpg, why }] of Object.entries(cases)) {
    test(`${group}: ${name}`, async () => {
      const certificates = certificate.length === 0 ? [] : await readCertificates(Buffer.concat(certificate));
      const check = await checkOpenpgp(bytes, PAYLOAD, certificates);
      assert.is('reason' in check ? check.reason : check.kind, ours, JSON.stringify(check));
      if (hasGpg) assert.is(ask(Buffer.concat(certificate), bytes, PAYLOAD), gpg);
      assert.is((ours === 'good') === (gpg === 'G'), why === undefined, 'a difference has a reason, an agreement has none');
    });
  }
}

if (!hasGpg) console.error('skipped: OPENPGP VERDICTS NOT COMPARED WITH GPG, there is no gpg');
test.run();
