// SPDX-License-Identifier: Apache-2.0
// The entry of the hook's own small bundle: hands over to the hook that git called, prints what it says, and sets the
// exit status. Nothing heavy may be imported from here; a person waits for it at every commit.
import { hasTerminal } from '../agents/environment.ts';
import { Fault, exitOf } from '../fault.ts';
import type { HookCall } from './call.ts';
import { commitMessage } from './commit-msg.ts';

/** The bundle of the signers throws it too, and takes it from here: there has to be one class of it. */
export { Fault };

const HOOKS: Record<string, (call: HookCall) => Promise<void>> = {
  'commit-msg': commitMessage,
  'post-commit': async (call) => (await import('./post-commit.ts')).postCommit(call),
  'post-rewrite': async (call) => (await import('./post-rewrite.ts')).postRewrite(call),
};

function print(kind: string, text: string): void {
  process.stderr.write(`countersign: ${kind}: ${text}\n`);
}

async function readInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function run([name = '', ...args]: readonly string[]): Promise<void> {
  const hook = Object.hasOwn(HOOKS, name) ? HOOKS[name] : undefined;
  if (hook === undefined) throw new Fault('USAGE', `no such hook here: ${JSON.stringify(name)}`, { hint: `one of ${Object.keys(HOOKS).join(', ')}` });
  // A copy: each look at process.env is a call into the system.
  await hook({ args, env: { ...process.env }, input: readInput, now: Date.now, hasTerminal, say: print });
}

function tell(thrown: unknown): number {
  if (thrown instanceof Fault) {
    print('error', `${thrown.message} [${thrown.code}]`);
    if (thrown.hint !== undefined) print('hint', thrown.hint);
  } else {
    print('error', `internal error [INTERNAL]\n${thrown instanceof Error ? thrown.stack : String(thrown)}`);
  }
  return exitOf(thrown);
}

/** Ends the process. At once, where what was printed is already out: an orderly end takes milliseconds that a person waits. */
function end(status: number): void {
  if (process.platform === 'win32') process.exitCode = status;
  else process.exit(status);
}

void run(process.argv.slice(3)).then(() => 0, tell).then(end);
