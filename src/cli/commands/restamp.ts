// SPDX-License-Identifier: Apache-2.0
// countersign restamp: makes or renews the stamp of the last commit, for tools that skip hooks and for what they changed.
import { restamp as restampHead } from '../../hook/restamp.ts';
import { command } from '../command.ts';

const SHORT = 10;

export const restamp = command({
  name: 'restamp [revision]',
  summary: 'stamp the last commit, or stamp it anew, as who you are now',
  words: { revision: { type: 'string', default: 'HEAD', describe: 'the last commit' } },
  async run({ revision }, { terminal, dir, env, now }) {
    const { oid, replaced, provenance, droppedSignature } = await restampHead(dir, revision, env, now());
    const [before, after] = [replaced.slice(0, SHORT), oid.slice(0, SHORT)];
    terminal.say(oid === replaced ? `${before} bears this stamp already: ${provenance}` : `${before} is now ${after}, stamped ${provenance}`);
    if (droppedSignature) terminal.warn("countersign: warning: git's own signature did not fit any more and is gone");
    return 0;
  },
});
