// SPDX-License-Identifier: Apache-2.0
// What stands in sshsig.json: SSHSIG blobs and armors over one payload in one namespace, most of them wrong in one way.
import { base64, concat, utf8 } from '../../src/bytes.ts';
import { authenticatorData } from '../../src/signature/ssh/signature.ts';
import { encodeSshsig, signedData } from '../../src/signature/ssh/sshsig.ts';
import { sshFingerprint } from '../../src/signature/ssh/key.ts';
import { wireMpint, wireString, wireUint32 } from '../../src/signature/wire.ts';
import { softAuthenticator } from '../kit/authenticator.ts';
import { armorVectors } from './armor-vectors.ts';
import { bad, blob, key, keyOf, NAMESPACE, NONE, PAYLOAD, signed, SK_ECDSA, SK_ED25519, skBlob, skEcdsaBlob, undecided, vector } from './sshsig-blob.ts';
import { certificateVectors } from './sshsig-certificate-vectors.ts';
import { webauthnVectors } from './sshsig-webauthn-vectors.ts';
import {
  ecdsaKey, ecdsaPair, ecdsaPoint, ecdsaSign, ed25519Blob, ed25519Key, ed25519Point, ed25519Private, mpint, rsaBlob, rsaKey, rsaNumber,
} from './fixed-keys.ts';
import type { FixedKey } from './fixed-keys.ts';
import type { Vector, VectorFile } from './vector.ts';

const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

function software(id: string, by: FixedKey, hash?: 'sha256'): Vector {
  const keyid = `ssh:${sshFingerprint(by.blob)}`;
  return vector(id, `made as ssh-keygen makes it, hash ${hash ?? 'sha512'}`, blob(by, {}, hash), 'good', { keyid, strength: 'software' });
}

const good = [
  software('ed25519', key),
  software('ed25519-sha256', key, 'sha256'),
  software('ecdsa-256', ecdsaKey(256)),
  software('ecdsa-384', ecdsaKey(384)),
  software('ecdsa-521', ecdsaKey(521)),
  software('rsa-sha2-512', rsaKey()),
  software('rsa-sha2-256', rsaKey('sha256')),
];

const structure = [
  bad('malformed', 'empty', 'no bytes at all', NONE),
  bad('malformed', 'magic', 'another magic', concat(utf8('SSHSIH'), blob().subarray(6))),
  undecided('version', 'version-2', 'a version that does not exist yet', concat(utf8('SSHSIG'), wireUint32(2), blob().subarray(10))),
  bad('malformed', 'truncated', 'the last byte is missing', blob().subarray(0, -1)),
  bad('malformed', 'trailing', 'a byte too many', concat(blob(), Uint8Array.of(0)), 'one-encoding'),
  bad('malformed', 'length-lie', 'the key claims to be longer than the blob', concat(utf8('SSHSIG'), wireUint32(1), wireUint32(0xffffffff), blob().subarray(14))),
  bad('namespace', 'namespace-git', 'a good signature of a git commit', blob(key, { namespace: utf8('git'), signature: key.sign(signedData('sha512', 'git', PAYLOAD)) }), 'namespace'),
  bad('namespace', 'namespace-changed', 'the namespace was changed after signing', blob(key, { namespace: utf8('countersigm') }), 'namespace'),
  bad('namespace', 'namespace-nul', 'a C string would end where ours does', blob(key, { namespace: utf8('countersign\0') }), 'namespace'),
  bad('namespace', 'namespace-empty', 'an empty namespace is illegal', blob(key, { namespace: NONE, signature: key.sign(signedData('sha512', '', PAYLOAD)) }), 'namespace'),
  bad('reserved', 'reserved', 'the reserved field holds bytes that nobody signed', blob(key, { reserved: utf8('x') }), 'one-encoding'),
  bad('hash-algorithm', 'hash-sha1', 'a hash that the format does not allow', blob(key, { hash: 'sha1' })),
  bad('hash-algorithm', 'hash-case', 'names are compared exactly', blob(key, { hash: 'SHA512' })),
  bad('signature', 'hash-changed', 'made with sha512, says sha256', blob(key, { hash: 'sha256' })),
  bad('signature', 'other-payload', 'over other bytes', blob(key, { signature: key.sign(signedData('sha512', NAMESPACE, utf8('something else\n'))) })),
  bad('signature', 'bare-payload', 'over the payload itself, without namespace', blob(key, { signature: key.sign(PAYLOAD) }), 'namespace'),
  bad('signature', 'other-key', 'made by another key than it names', blob(key, { publicKey: ed25519Key(1).blob })),
];

/** A signature with s = 0 and a neutral R, which satisfies the equation under a small-order key whatever was signed. */
const forged = concat(wireString('ssh-ed25519'), wireString(concat(Uint8Array.of(1), new Uint8Array(63))));

function weakPoint(id: string, comment: string, point: string): Vector {
  return bad('key-weak', id, comment, blob(key, { publicKey: ed25519Blob(Buffer.from(point, 'hex')), signature: forged }), 'small-order');
}

function brokenKey(id: string, comment: string, publicKey: Uint8Array, ...flags: string[]): Vector {
  return bad('key-malformed', id, comment, blob(key, { publicKey }), ...flags);
}

function weakRsa(id: string, comment: string, e: Uint8Array, n: Uint8Array): Vector {
  return bad('key-weak', id, comment, blob(rsaKey(), { publicKey: rsaBlob(e, n) }), 'weak-rsa');
}

const [e, n] = [rsaNumber('e'), rsaNumber('n')];
const nistp256 = utf8('nistp256');
const offCurve = Uint8Array.from(ecdsaPoint(256), (byte, index) => (index === 64 ? byte ^ 1 : byte));
const compressed = concat(Uint8Array.of(2 + (ecdsaPoint(256)[64]! & 1)), ecdsaPoint(256).subarray(1, 33));

const keys = [
  undecided('key-type', 'certificate-dss', 'a certificate of a key type that OpenSSH has given up', blob(key, { publicKey: keyOf('ssh-dss-cert-v01@openssh.com', NONE) })),
  undecided('key-type', 'ml-dsa', 'a key type newer than this version', blob(key, { publicKey: keyOf('ssh-mldsa44-ed25519@openssh.com', new Uint8Array(1344)) })),
  undecided('key-type', 'dsa', 'a key type that OpenSSH has given up', blob(key, { publicKey: keyOf('ssh-dss') })),
  undecided('key-type', 'object-member', 'a type that is the name of something every JavaScript object has', blob(key, { publicKey: keyOf('constructor') })),
  brokenKey('key-type-escape', 'a type name with a control character', keyOf('ssh-ed25519\x1b', ed25519Point())),
  brokenKey('key-trailing', 'a byte after the key', concat(key.blob, Uint8Array.of(0)), 'one-encoding'),
  brokenKey('ed25519-31-bytes', 'a point of 31 bytes', ed25519Blob(ed25519Point().subarray(1))),
  weakPoint('ed25519-order-1', 'the neutral element', '01'.padEnd(64, '0')),
  weakPoint('ed25519-order-1-sign', 'the neutral element with a sign', `01${'0'.repeat(60)}80`),
  weakPoint('ed25519-order-2', 'the point of order 2', `ec${'f'.repeat(60)}7f`),
  weakPoint('ed25519-order-4', 'a point of order 4', '0'.repeat(64)),
  weakPoint('ed25519-order-4-sign', 'the other point of order 4', `${'0'.repeat(62)}80`),
  weakPoint('ed25519-order-8-a', 'a point of order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
  weakPoint('ed25519-order-8-b', 'a point of order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'),
  weakPoint('ed25519-order-8-c', 'a point of order 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'),
  weakPoint('ed25519-order-8-d', 'a point of order 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'),
  weakPoint('ed25519-beyond-prime', 'y = p + 1, a second encoding of the neutral element', `ee${'f'.repeat(60)}7f`),
  brokenKey('ecdsa-curve-name', 'type and curve do not agree', keyOf('ecdsa-sha2-nistp256', utf8('nistp384'), ecdsaPoint(256))),
  brokenKey('ecdsa-compressed', 'a compressed point', keyOf('ecdsa-sha2-nistp256', nistp256, compressed), 'one-encoding'),
  brokenKey('ecdsa-off-curve', 'a point that is not on the curve', keyOf('ecdsa-sha2-nistp256', nistp256, offCurve)),
  brokenKey('rsa-padded', 'a modulus with a zero byte too many', concat(wireString('ssh-rsa'), wireMpint(e), wireString(concat(new Uint8Array(2), n))), 'one-encoding'),
  brokenKey('rsa-negative', 'a modulus that reads as a negative number', keyOf('ssh-rsa', e, n)),
  weakRsa('rsa-2047', 'a modulus of 2047 bits', e, Uint8Array.from(n, (byte, index) => (index === 0 ? 0x7f : byte))),
  weakRsa('rsa-even', 'an even modulus', e, Uint8Array.from(n, (byte, index) => (index === 255 ? byte & 0xfe : byte))),
  weakRsa('rsa-e-1', 'exponent 1: every message is its own signature', Uint8Array.of(1), n),
  weakRsa('rsa-e-even', 'exponent 2', Uint8Array.of(2), n),
  weakRsa('rsa-e-long', 'an exponent of 65 bits, which makes only the verifier work', concat(Uint8Array.of(1), new Uint8Array(7), Uint8Array.of(1)), n),
  weakRsa('rsa-16392', 'a modulus of 16392 bits', e, new Uint8Array(2049).fill(0xff)),
];

const ecdsa = ecdsaKey(256);
const pair = ecdsaSign(256, signed);
const rsaValue = rsaKey().sign(signed).subarray(4 + 'rsa-sha2-512'.length + 4);

function ecdsaOf(...numbers: Uint8Array[]): Uint8Array {
  return blob(ecdsa, { signature: keyOf('ecdsa-sha2-nistp256', concat(...numbers)) });
}

/** The same signature with s + order in place of s: a verifier that reduces it takes both (RFC 8032 §8.4). */
function malleated(): Uint8Array {
  const raw = key.sign(signed).subarray(-64);
  const s = BigInt(`0x${Buffer.from(raw.subarray(32)).reverse().toString('hex')}`) + ED25519_ORDER;
  return concat(raw.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse());
}

const signatures = [
  bad('malformed', 'signature-trailing', 'a byte after the signature', blob(key, { signature: concat(key.sign(signed), Uint8Array.of(0)) }), 'one-encoding'),
  bad('malformed', 'signature-empty', 'no signature', blob(key, { signature: NONE })),
  bad('malformed', 'ed25519-63-bytes', 'an Ed25519 signature of 63 bytes', blob(key, { signature: keyOf('ssh-ed25519', new Uint8Array(63)) })),
  bad('signature', 'ed25519-malleated', 's is not below the order of the group', blob(key, { signature: keyOf('ssh-ed25519', malleated()) }), 'one-encoding'),
  bad('signature-algorithm', 'algorithm-other', 'an RSA algorithm under an Ed25519 key', blob(key, { signature: rsaKey().sign(signed) })),
  bad('signature-algorithm', 'algorithm-sk', 'a security-key algorithm under a plain key', blob(key, { signature: keyOf(SK_ED25519, new Uint8Array(64)) })),
  bad('signature-algorithm', 'algorithm-ssh-rsa', 'an RSA signature with SHA-1', blob(rsaKey(), { signature: rsaKey('sha1').sign(signed) }), 'sha1'),
  bad('signature', 'rsa-algorithm-changed', 'made with SHA-512, says SHA-256', blob(rsaKey(), { signature: keyOf('rsa-sha2-256', rsaValue) })),
  bad('signature', 'rsa-long', 'a zero byte before an RSA signature that is complete', blob(rsaKey(), { signature: keyOf('rsa-sha2-512', concat(NONE, Uint8Array.of(0), rsaValue)) }), 'one-encoding'),
  bad('signature', 'rsa-empty', 'an RSA signature without bytes', blob(rsaKey(), { signature: keyOf('rsa-sha2-512', NONE) })),
  bad('malformed', 'ecdsa-zero', 'r and s are zero', ecdsaOf(wireString(''), wireString('')), 'ecdsa-range'),
  bad('malformed', 'ecdsa-negative', 'r reads as a negative number', ecdsaOf(wireString(Uint8Array.of(0x80)), mpint(pair.s)), 'ecdsa-range'),
  bad('malformed', 'ecdsa-padded', 's with a zero byte too many', ecdsaOf(mpint(pair.r), wireString(concat(new Uint8Array(2), mpint(pair.s).subarray(4)))), 'one-encoding'),
  bad('malformed', 'ecdsa-257-bits', 's is longer than the curve allows', ecdsaOf(mpint(pair.r), mpint(2n ** 256n + pair.s)), 'ecdsa-range'),
  bad('signature', 'ecdsa-order', 's is the order of the group', ecdsaOf(mpint(pair.r), mpint(pair.order)), 'ecdsa-range'),
  bad('malformed', 'ecdsa-der', 'r and s as DER, as OpenSSL writes them', ecdsaOf(Buffer.from('3006020101020101', 'hex'))),
  bad('malformed', 'ecdsa-three', 'a number after r and s', ecdsaOf(mpint(pair.r), mpint(pair.s), mpint(1n)), 'one-encoding'),
];

function touched(flags: number, counter = 7): Uint8Array {
  return softAuthenticator({ key: ed25519Private(), flags, counter }).sign(PAYLOAD, NAMESPACE);
}

/** A security-key signature whose trailer (flags, counter) is not what the authenticator signed. */
function skOf(trailer: Uint8Array, publicKey = skBlob, data = authenticatorData(utf8('ssh:'), { flags: 1, counter: 7 }, signed)): Uint8Array {
  const signature = concat(keyOf(SK_ED25519, key.sign(data).subarray(-64)), trailer);
  return encodeSshsig({ publicKey, namespace: utf8(NAMESPACE), reserved: NONE, hash: 'sha512', signature });
}

function skEcdsa(flags: number): Uint8Array {
  const data = authenticatorData(utf8('ssh:'), { flags, counter: 7 }, signed);
  const signature = concat(keyOf(SK_ECDSA, ecdsaPair(256, data)), Uint8Array.of(flags), wireUint32(7));
  return encodeSshsig({ publicKey: skEcdsaBlob, namespace: utf8(NAMESPACE), reserved: NONE, hash: 'sha512', signature });
}

function authentic(id: string, comment: string, input: Uint8Array, publicKey: Uint8Array, flags: number, counter = 7): Vector {
  const strength = flags & 1 ? 'presence' : 'software';
  return vector(id, comment, input, 'good', { keyid: `ssh:${sshFingerprint(publicKey)}`, strength, flags, counter }, 'user-presence');
}

const trailer = (flags: number, counter: number): Uint8Array => concat(Uint8Array.of(flags), wireUint32(counter));

const authenticators = [
  authentic('sk-ed25519-touched', 'somebody touched the key', touched(1), skBlob, 1),
  authentic('sk-ed25519-untouched', 'made with no-touch-required', touched(0), skBlob, 0),
  authentic('sk-ed25519-verified', 'PIN or fingerprint and touch; the highest counter', touched(5, 0xffffffff), skBlob, 5, 0xffffffff),
  authentic('sk-ed25519-verified-only', 'user verification is not user presence', touched(4), skBlob, 4),
  authentic('sk-ecdsa-touched', 'somebody touched the key', skEcdsa(1), skEcdsaBlob, 1),
  authentic('sk-ecdsa-untouched', 'made with no-touch-required', skEcdsa(0), skEcdsaBlob, 0),
  bad('signature', 'sk-flag-added', 'made without touch, presence claimed afterwards', skOf(trailer(1, 7), skBlob, authenticatorData(utf8('ssh:'), { flags: 0, counter: 7 }, signed)), 'user-presence'),
  bad('signature', 'sk-counter-changed', 'the counter was changed after signing', skOf(trailer(1, 8))),
  bad('signature', 'sk-application', 'a key of another application', skOf(trailer(1, 7), keyOf(SK_ED25519, ed25519Point(), utf8('ssh:x')))),
  bad('signature', 'sk-without-authenticator', 'the bytes were signed without flags and counter', skOf(trailer(1, 7), skBlob, signed), 'user-presence'),
  bad('malformed', 'sk-no-trailer', 'flags and counter are missing', skOf(NONE)),
  bad('malformed', 'sk-short-counter', 'a counter of three bytes', skOf(trailer(1, 7).subarray(0, -1))),
  bad('malformed', 'sk-trailing', 'a byte after the counter', skOf(concat(trailer(1, 7), Uint8Array.of(0))), 'one-encoding'),
  bad('malformed', 'plain-with-trailer', 'flags and counter behind the signature of a plain key', blob(key, { signature: concat(key.sign(signed), trailer(1, 7)) }), 'user-presence'),
  bad('signature-algorithm', 'sk-plain-algorithm', 'a plain algorithm under a security key', blob(key, { publicKey: skBlob })),
  bad('key-malformed', 'sk-no-application', 'a security key without application', skOf(trailer(1, 7), keyOf(SK_ED25519, ed25519Point()))),
];

/** The content of sshsig.json. */
export const sshsigVectors: VectorFile = {
  schema: 'countersign-vectors-v1',
  spec: 'PROTOCOL.sshsig, PROTOCOL.u2f and PROTOCOL.certkeys of OpenSSH, read strictly',
  notes: {
    form: 'of a group: whether an input is an SSHSIG blob or the text of an armor. An armor is good if a blob can be taken out of it',
    namespace: 'a signature for one purpose must be worth nothing for another',
    'one-encoding': 'another encoding of something good: harmless to the arithmetic, but bytes that anybody could change',
    'small-order': 'such a key verifies signatures of every payload',
    'weak-rsa': 'fewer than 2048 bits, more than 16384, or numbers that are no RSA key',
    'ecdsa-range': 'r and s are from 1 to below the order of the group',
    sha1: 'the algorithm named ssh-rsa is RSA with SHA-1',
    'user-presence': 'strength is presence only if bit 0 of the signed flags is set',
    webauthn: 'a browser signs its own words, in which the bytes to be signed stand as the challenge',
    'critical-option': 'whoever does not know a critical option, or cannot keep it, must refuse the certificate',
    authority: 'the certificate itself must be signed, by a plain key',
  },
  groups: [
    { name: 'good', tests: good },
    { name: 'structure', tests: structure },
    { name: 'keys', tests: keys },
    { name: 'signatures', tests: signatures },
    { name: 'authenticators', tests: authenticators },
    { name: 'webauthn', tests: webauthnVectors },
    { name: 'certificates', tests: certificateVectors },
  ].map((group) => ({ form: 'blob', namespace: NAMESPACE, payload: base64(PAYLOAD), ...group })).concat([
    { form: 'armor', namespace: NAMESPACE, payload: base64(PAYLOAD), name: 'armors', tests: armorVectors(blob()) },
  ]),
};
