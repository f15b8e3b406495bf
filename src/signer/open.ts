// SPDX-License-Identifier: Apache-2.0
// From a setting to a hand: which signer a spec names. Light, because every hook loads it; all but SSH is loaded when there
// is something to sign.
import { homedir } from 'node:os';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import { NAMESPACE } from '../statement/stamp.ts';
import { gitSource, NO_SETTINGS, type GitSigning } from './git-settings.ts';
import { parseKeyless, parseSpec, SPEC_HINT, type Place, type Source } from './spec.ts';
import { sshAgentSigner, sshSigner } from './ssh.ts';
import type { Signer } from './signer.ts';

/**
 * Opens what `countersign.signer` names: `ssh:PATH`, `openpgp:PATH`, `gpg:FINGERPRINT` or `git`. Nothing is read or run
 * before the first signing.
 * @throws Fault SIGNER_UNAVAILABLE for a spec of another form, and for `sigstore`: a sign-in at each commit is what nobody wants
 */
export function openSigner(spec: string, git: GitSigning = NO_SETTINGS, place: Place = { dir: process.cwd(), home: homedir() }): Signer {
  if (spec === 'git') return later(spec, async () => openSource(await gitSource(git, place), spec, git, place));
  const source = parseSpec(spec, place);
  if (parseKeyless(spec) !== undefined) {
    throw new Fault('SIGNER_UNAVAILABLE', 'a stamp needs a key, and sigstore signs grants and cosignatures only', { hint: 'stamp with another key, "git config countersign.signer ssh:PATH", and say --signer sigstore where you grant and cosign' });
  }
  if (source === undefined) {
    throw new Fault('SIGNER_UNAVAILABLE', `the signer ${printable(clip(spec, 80))} is of no known form`, { hint: `set one with "git config countersign.signer ssh:PATH"; ${SPEC_HINT}` });
  }
  return openSource(source, spec, git, place);
}

function openSource(source: Source, spec: string, git: GitSigning, { env }: Place): Signer {
  const ssh = { namespace: NAMESPACE, spec, program: git.sshProgram, env };
  switch (source.kind) {
    case 'ssh': return sshSigner({ ...ssh, keyPath: source.path });
    case 'ssh-line': return sshAgentSigner({ ...ssh, line: source.line });
    case 'gpg': return later(spec, async () => (await import('./gpg.ts')).gpgSigner({ key: source.key, spec, program: git.gpgProgram, env }));
    case 'openpgp': return later(spec, async () => (await import('./openpgp.ts')).openpgpSigner({ path: source.path, spec }));
  }
}

function later(spec: string, open: () => Promise<Signer>): Signer {
  return { spec, sign: async (payload) => (await open()).sign(payload) };
}
