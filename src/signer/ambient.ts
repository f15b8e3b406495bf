// SPDX-License-Identifier: Apache-2.0
// The identity that a machine gives its work without asking anybody: GitHub Actions, GitLab, Buildkite, or a file that
// somebody keeps fresh. It says which workflow runs, not which person is there; so it is for agents of the roster.
import { readFile, stat } from 'node:fs/promises';
import { latin1 } from '../bytes.ts';
import { Fault } from '../fault.ts';
import { clip, printable } from '../printable.ts';
import type { Env } from '../repo/process.ts';
import { runProgram } from './program.ts';
import { checkAddress, fetchBounded, silenceOf, unreachable } from './web.ts';

/** For whom a token is: Fulcio takes no other. */
const AUDIENCE = 'sigstore';
const LONGEST = 65536;

/**
 * Returns the token of the place that this runs in; undefined where it has none to give.
 * @param tokenFile the setting `countersign.sigstore.tokenFile`, absolute
 * @throws Fault SIGNER_UNAVAILABLE, SIGNING_FAILED where it should have one and gives none; no message holds any part of a secret
 */
export async function ambientToken(env: Env, tokenFile: string | undefined): Promise<string | undefined> {
  if (tokenFile !== undefined) return readTokenFile(tokenFile);
  // GitLab sets it by `id_tokens: SIGSTORE_ID_TOKEN: {aud: sigstore}`; others follow.
  const given = env['SIGSTORE_ID_TOKEN']?.trim() ?? '';
  if (given !== '') return given;
  const [url, bearer] = [env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '', env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''];
  if (url !== '' && bearer !== '') return askActions(url, bearer);
  return env['BUILDKITE'] === 'true' && (env['BUILDKITE_AGENT_ACCESS_TOKEN'] ?? '') !== '' ? askBuildkite(env) : undefined;
}

/** Kubernetes and others mount such files as links to what they renew. A device or a pipe is never opened: it could block. */
async function readTokenFile(path: string): Promise<string> {
  const status = await stat(path).catch(() => undefined);
  const text = status?.isFile() && status.size <= LONGEST ? await readFile(path, 'latin1').catch(() => '') : '';
  if (text.trim() !== '') return text.trim();
  throw new Fault('SIGNER_UNAVAILABLE', `no identity token in the file ${printable(clip(path, 200))}`, { hint: 'check countersign.sigstore.tokenFile' });
}

/** https://docs.github.com/actions/reference/security/oidc */
async function askActions(address: string, bearer: string): Promise<string> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const name = 'ACTIONS_ID_TOKEN_REQUEST_URL';
  const asked = checkAddress(url === undefined ? address : `${url.origin}${url.pathname}`, name);
  url?.searchParams.set('audience', AUDIENCE);
  const response = await fetchBounded(url!.href, { headers: { accept: 'application/json', authorization: `Bearer ${bearer}` } }).catch((thrown: unknown) => {
    throw unreachable(asked, silenceOf(thrown) ?? 'no answer');
  });
  const answer: unknown = response.status === 200 ? await response.json().catch(() => undefined) : undefined;
  if (typeof answer === 'object' && answer !== null && 'value' in answer && typeof answer.value === 'string' && answer.value !== '') return answer.value;
  throw new Fault('SIGNING_FAILED', `GitHub Actions gave no identity token (status ${response.status})`, { hint: 'the job needs "permissions: id-token: write"' });
}

/** https://buildkite.com/docs/agent/cli/reference/oidc */
async function askBuildkite(env: Env): Promise<string> {
  const args = ['oidc', 'request-token', '--audience', AUDIENCE];
  const { code, stdout } = await runProgram({ program: 'buildkite-agent', args, input: new Uint8Array(), env, hint: 'buildkite-agent has to be on PATH' });
  const token = latin1(stdout).trim();
  if (code === 0 && token !== '') return token;
  throw new Fault('SIGNING_FAILED', `buildkite-agent gave no identity token (exit status ${code ?? 'none'})`, { hint: 'try "buildkite-agent oidc request-token --audience sigstore"' });
}
