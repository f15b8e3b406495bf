// SPDX-License-Identifier: Apache-2.0
// The certificates of sshsig.json: an authority's word about the key of a good signature, and what can be wrong with it.
import { concat, utf8 } from '../../src/bytes.ts';
import { sshFingerprint } from '../../src/signature/ssh/key.ts';
import { wireString } from '../../src/signature/wire.ts';
import { certify, FOREVER, optionText } from '../kit/authority.ts';
import type { CertificateFields } from '../kit/authority.ts';
import { softAuthenticator } from '../kit/authenticator.ts';
import { ecdsaKey, ed25519Blob, ed25519Key, ed25519Private, rsaKey } from './fixed-keys.ts';
import type { FixedKey } from './fixed-keys.ts';
import { bad, blob, key, keyOf, NAMESPACE, NONE, PAYLOAD, signed, skBlob, undecided, vector } from './sshsig-blob.ts';
import type { Vector } from './vector.ts';

const authority = ed25519Key(1);
const FLAG: [string, Uint8Array] = ['verify-required', NONE];

/** Returns a blob with a good signature of the key, under a certificate. */
function certified(fields: CertificateFields = {}, by: FixedKey = key, ca: FixedKey = authority): Uint8Array {
  return blob(by, { publicKey: certify(ca, by.blob, fields) });
}

/** Returns the blob of a security key that signs with these flags, under a certificate. */
function touched(flags: number, fields: CertificateFields): Uint8Array {
  const options = { key: ed25519Private(), flags, counter: 7, certify: (publicKey: Uint8Array) => certify(authority, publicKey, fields) };
  return softAuthenticator(options).sign(PAYLOAD, NAMESPACE);
}

function good(id: string, comment: string, input: Uint8Array, by: Uint8Array = key.blob, ca: Uint8Array = authority.blob, detail: object = {}): Vector {
  return vector(`certificate-${id}`, comment, input, 'good', {
    keyid: `ssh:${sshFingerprint(by)}`, strength: 'software', authority: `ssh:${sshFingerprint(ca)}`, principals: 'alice', validAfter: 0, serial: '7', ...detail,
  }, 'authority');
}

function wrong(reason: string, id: string, comment: string, input: Uint8Array, ...flags: string[]): Vector {
  return bad(reason, `certificate-${id}`, comment, input, ...flags);
}

/** Returns a blob under a certificate whose bytes were changed after the authority had signed. */
function changed(change: (certificate: Uint8Array) => Uint8Array): Uint8Array {
  return blob(key, { publicKey: change(certify(authority, key.blob)) });
}

const replaced = ed25519Key(1).blob.subarray(-32);
const touchDetail = { strength: 'presence', flags: 5, counter: 7 };
const small = Buffer.from('01'.padEnd(64, '0'), 'hex');
const weakAuthority = { blob: ed25519Blob(small), sign: () => keyOf('ssh-ed25519', concat(small, new Uint8Array(32))) };

export const certificateVectors: Vector[] = [
  good('ed25519', 'for all time, without options', certified()),
  good('window', 'for two names and some time', certified({ principals: ['alice', 'alice@example.com'], validAfter: 1000n, validBefore: 2000n }), key.blob, authority.blob, {
    principals: 'alice,alice@example.com', validAfter: 1000, validBefore: 2000,
  }),
  good('serial', 'the highest serial number', certified({ serial: FOREVER }), key.blob, authority.blob, { serial: String(FOREVER) }),
  good('extensions', 'extensions are passed over, known or not', certified({ extensions: [['permit-pty', NONE], ['x@example.com', NONE]] })),
  good('ecdsa', 'of an ECDSA key, by another', certified({}, ecdsaKey(256), ecdsaKey(521)), ecdsaKey(256).blob, ecdsaKey(521).blob),
  good('rsa', 'of an RSA key, by another', certified({}, rsaKey(), rsaKey('sha256')), rsaKey().blob, rsaKey().blob),
  good('sk', 'of a security key', touched(5, {}), skBlob, authority.blob, touchDetail),
  good('verify-required', 'whose user must be known to the authenticator, and was', touched(5, { options: [FLAG] }), skBlob, authority.blob, touchDetail),
  wrong('user-verification', 'unverified', 'whose user must be known to the authenticator, and was not', touched(1, { options: [FLAG] }), 'critical-option'),
  wrong('user-verification', 'unverifiable', 'of a plain key, which cannot know its user', certified({ options: [FLAG] }), 'critical-option'),
  wrong('certificate-option', 'verify-data', 'verify-required with data', touched(5, { options: [['verify-required', optionText('x')]] }), 'critical-option'),
  wrong('certificate-option', 'command', 'for one command of a login', certified({ options: [['force-command', optionText('true')]] }), 'critical-option'),
  wrong('certificate-option', 'address', 'for logins from one network', certified({ options: [['source-address', optionText('10.0.0.0/8')]] }), 'critical-option'),
  wrong('certificate-option', 'unknown-option', 'with an unknown critical option', certified({ options: [['x@example.com', NONE]] }), 'critical-option'),
  wrong('certificate-malformed', 'option-twice', 'a critical option twice', touched(5, { options: [FLAG, FLAG] })),
  wrong('certificate-malformed', 'extension-order', 'extensions out of order', certified({ extensions: [['b', NONE], ['a', NONE]] })),
  wrong('certificate-host', 'host', 'a certificate for a host', certified({ role: 2 })),
  wrong('certificate-malformed', 'role', 'neither for a user nor for a host', certified({ role: 3 })),
  wrong('certificate-principals', 'nobody', 'without names, which once meant anybody', certified({ principals: [] })),
  wrong('certificate-principals', 'empty-name', 'with an empty name', certified({ principals: ['alice', ''] })),
  wrong('certificate-malformed', 'name-nul', 'a C string would end before the name does', certified({ principals: ['alice\0@example.com'] })),
  wrong('certificate-malformed', 'name-escape', 'a control character in a name', certified({ principals: ['\u001b[2Jalice'] })),
  wrong('certificate-malformed', 'name-bytes', 'a name that is not UTF-8', certified({ principals: [Uint8Array.of(0xff)] })),
  wrong('certificate-malformed', 'many-names', '257 names', certified({ principals: Array.from({ length: 257 }, (_, i) => `p${i}`) })),
  wrong('certificate-malformed', 'key-id', 'a line break in the key id', certified({ keyId: 'a\nb' })),
  wrong('certificate-signature', 'renamed', 'a name that was changed after the authority had signed', changed((bytes) => {
    const at = Buffer.from(bytes).indexOf('alice');
    return concat(bytes.subarray(0, at), utf8('mallo'), bytes.subarray(at + 5));
  }), 'authority'),
  wrong('certificate-signature', 'key-changed', 'another key than the authority had signed, with that key\'s signature', blob(ed25519Key(1), { publicKey: replaceKey() }), 'authority'),
  wrong('certificate-signature', 'other-authority', 'names another authority than the one that signed', certified({ authority: ecdsaKey(256).blob }), 'authority'),
  wrong('certificate-signature', 'self', 'names the certified key as authority, which did not sign', certified({ authority: key.blob }), 'authority'),
  wrong('certificate-signature', 'sha1', 'signed by an RSA authority with SHA-1', certified({}, key, rsaKey('sha1')), 'sha1', 'authority'),
  wrong('authority-malformed', 'chain', 'signed by a certificate', certified({ authority: certify(authority, authority.blob) }), 'authority'),
  wrong('authority-malformed', 'no-authority', 'signed by nobody', certified({ authority: NONE }), 'authority'),
  wrong('authority-weak', 'weak-authority', 'signed by a key that signs everything', certified({}, key, weakAuthority), 'small-order', 'authority'),
  undecided('authority-type', 'certificate-authority-type', 'signed by a key type newer than this version', certified({ authority: keyOf('ssh-mldsa44-ed25519@openssh.com', NONE) })),
  wrong('key-weak', 'weak-key', 'of a key that signs everything', blob(key, { publicKey: certify(authority, ed25519Blob(small)) }), 'small-order'),
  wrong('key-malformed', 'type', 'the type of another key', certified({ type: 'ecdsa-sha2-nistp256-cert-v01@openssh.com' }, rsaKey())),
  wrong('certificate-malformed', 'truncated', 'the last byte is missing', changed((bytes) => bytes.subarray(0, -1))),
  wrong('certificate-malformed', 'trailing', 'a byte too many', changed((bytes) => concat(bytes, Uint8Array.of(0))), 'one-encoding'),
  wrong('signature', 'other-payload', 'a good certificate, and a signature of something else', blob(key, { publicKey: certify(authority, key.blob), signature: key.sign(PAYLOAD) })),
  wrong('signature-algorithm', 'algorithm', 'a signature that is named as certificates are', blob(rsaKey(), {
    publicKey: certify(authority, rsaKey().blob), signature: concat(wireString('rsa-sha2-512-cert-v01@openssh.com'), rsaKey().sign(signed).subarray(16)),
  })),
];

function replaceKey(): Uint8Array {
  const bytes = certify(authority, key.blob);
  const at = Buffer.from(bytes).indexOf(key.blob.subarray(-32));
  return concat(bytes.subarray(0, at), replaced, bytes.subarray(at + 32));
}
