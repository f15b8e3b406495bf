// SPDX-License-Identifier: Apache-2.0
// What a trusted root pins, for people to look at before they commit it.
import { fromUtf8, sha256 } from '../../bytes.ts';
import type { TrustedRoot } from './trusted-root.ts';

/** One authority or log. Times are in seconds since the epoch; without `until` it holds on. */
export interface Anchor {
  kind: 'certificates' | 'certificate log' | 'signature log' | 'timestamps';
  /** Its address, unescaped. */
  name: string;
  /** Of its certificate or key: SHA-256, hex. */
  fingerprint: string;
  from: number | undefined;
  until: number | undefined;
}

interface Validity {
  start?: Date | undefined;
  end?: Date | undefined;
}

/** Describes a trusted root that has been read. */
export async function describeTrustedRoot({ json }: TrustedRoot): Promise<Anchor[]> {
  const { TrustedRoot } = await import('@sigstore/protobuf-specs');
  const { certificateAuthorities, ctlogs, tlogs, timestampAuthorities } = TrustedRoot.fromJSON(JSON.parse(fromUtf8(json) ?? ''));
  const authority = (kind: Anchor['kind']) => ({ uri, certChain, validFor }: (typeof certificateAuthorities)[number]) => anchor(kind, uri, certChain?.certificates[0]?.rawBytes, validFor);
  const log = (kind: Anchor['kind']) => ({ baseUrl, publicKey }: (typeof tlogs)[number]) => anchor(kind, baseUrl, publicKey?.rawBytes, publicKey?.validFor);
  return [
    ...certificateAuthorities.map(authority('certificates')),
    ...ctlogs.map(log('certificate log')),
    ...tlogs.map(log('signature log')),
    ...timestampAuthorities.map(authority('timestamps')),
  ];
}

function anchor(kind: Anchor['kind'], name: string, bytes: Uint8Array | undefined, validFor: Validity | undefined): Anchor {
  return { kind, name, fingerprint: sha256(bytes ?? new Uint8Array()), from: seconds(validFor?.start), until: seconds(validFor?.end) };
}

function seconds(date: Date | undefined): number | undefined {
  return date === undefined ? undefined : Math.floor(date.getTime() / 1000);
}
