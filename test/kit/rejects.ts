// SPDX-License-Identifier: Apache-2.0
// Asserts that something fails with one fault code. Anything else thrown is a bug of the code under test, and is
// thrown on with its own stack.
import * as assert from 'uvu/assert';
import { Fault } from '../../src/fault.ts';
import type { FaultCode } from '../../src/fault.ts';

/** Returns the fault, for further assertions. */
export function throwsWith(code: FaultCode, act: () => unknown): Fault {
  try {
    act();
  } catch (thrown) {
    return expectCode(code, thrown);
  }
  return assert.unreachable(`expected a fault ${code}, nothing was thrown`) as never;
}

/** The same for what fails later: takes the promise, or a function that returns one (or throws at once). */
export async function rejectsWith(code: FaultCode, act: Promise<unknown> | (() => unknown)): Promise<Fault> {
  try {
    await (typeof act === 'function' ? act() : act);
  } catch (thrown) {
    return expectCode(code, thrown);
  }
  return assert.unreachable(`expected a fault ${code}, nothing was thrown`) as never;
}

function expectCode(code: FaultCode, thrown: unknown): Fault {
  if (!(thrown instanceof Fault)) throw thrown;
  assert.is(thrown.code, code, `expected ${code}, got ${thrown.code}: ${thrown.message}`);
  return thrown;
}
