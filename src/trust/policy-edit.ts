// SPDX-License-Identifier: Apache-2.0
// Policies as this project writes them: the first one, and small edits that leave comments and everything else where
// people put them. Each text is read again before it is returned, so that no edit can leave a file that the verifier would
// refuse.
import { utf8 } from '../bytes.ts';
import { parsePolicy } from './policy.ts';
import { replaceScalars, readYaml } from './yaml.ts';
import type { Reading } from './yaml.ts';

/** Stands behind an `excludeSponsor: false` that only a lone owner needs; raiseExclusion takes it away. */
const LONE = '  # while there is one person: who lets the agent loose is also the only one to sign';

/**
 * Returns the policy that a repository begins with, for a number of people who can sign.
 * @throws Fault POLICY_INVALID where the repository's id is no UUID
 */
export function starterPolicy({ repository, people }: { repository: string; people: number }): string {
  const exclude = people > 1 ? 'excludeSponsor: true' : `excludeSponsor: false${LONE}`;
  return checkedPolicy(`# What this repository demands of its commits. A change needs serial + 1 and the signature of an owner.
# The folder .countersign itself is guarded anyway and need not be listed.
version: 1
serial: 1                  # +1 at each change of policy, roster or keys; never falls
repository: ${repository}  # binds evidence to this repository
provenance: required       # required | ai-only: whether every commit needs a stamp, or agents' only
gitSignature: presence     # presence | any: when git's own signature alone proves a person
presence: auto             # auto | required | off: whether a person's signature needs a touched hardware key
agents:
  defaults: { allow: ["src/**", "test/**"], hours: 8 }  # what "countersign run" grants without flags
  sessionHours: 12         # the longest grant
  graceDays: 7             # how long after its end a session's commits may still arrive
  limits:
    commit: { files: 50, additions: 2000, deletions: 500 }
    range: { files: 150, additions: 6000, deletions: 1500 }
compliance:                # what agents write here counts once a person has cosigned it
  - paths: [consultations/**]
    cosign:
      threshold: 1
      participants: true   # everyone quoted cosigns: the front matter names them
      ${exclude}
  - paths: [post-mortems/**]
    cosign:
      threshold: 1
      participants: false
      ${exclude}
    claims: check          # off | check | required: claims against the deployment log
protected:                 # what agents change here needs an approval
  - name: routing and deployment
    paths: [firebase.json, .github/workflows/**, infra/**]
    for: ai                # ai | all
    approve: { threshold: 1 }
squash:                    # whose approval lets a squash stand for its commits
  threshold: 1
  ${exclude}
approvalDays: 14
agentRules: locked         # locked | warn | off: changes of the files that instruct agents
`);
}

/**
 * Returns the policy with another serial, and nothing else changed.
 * @throws Fault POLICY_INVALID
 */
export function bumpSerial(policyText: string, serial: number): string {
  const reading = readPolicy(policyText);
  return checkedPolicy(replaceScalars(reading, [{ keys: ['serial'], text: String(serial) }]));
}

/**
 * Returns the policy with the sponsor excluded from cosignatures and from approvals of squashes: for when a second
 * person has joined a lone owner.
 * @throws Fault POLICY_INVALID
 */
export function raiseExclusion(policyText: string): string {
  const reading = readPolicy(policyText);
  const { compliance, squash } = parsePolicy(utf8(policyText));
  const lowered = compliance.flatMap(({ cosign }, i) => (cosign.excludeSponsor ? [] : [['compliance', i, 'cosign', 'excludeSponsor']]));
  if (!squash.excludeSponsor) lowered.push(['squash', 'excludeSponsor']);
  return checkedPolicy(replaceScalars(reading, lowered.map((keys) => ({ keys, text: 'true', comment: LONE }))));
}

function readPolicy(text: string): Reading {
  parsePolicy(utf8(text));
  return readYaml(utf8(text), 'POLICY_INVALID');
}

function checkedPolicy(text: string): string {
  parsePolicy(utf8(text));
  return text;
}
