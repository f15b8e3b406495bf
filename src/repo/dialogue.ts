// SPDX-License-Identifier: Apache-2.0
// Talking with a git that stays: requests go in as they come, answers come out in the same order. The promise chain is
// the queue, so that hundreds of requests may be under way and each answer is read exactly once, without copying twice.
import type { Socket } from 'node:net';
import type { Fault } from '../fault.ts';
import type { GitChild } from './process.ts';

export interface Dialogue<T> {
  /** Sends one request and returns what `read` makes of its answer. @throws Fault when git gives up before that. */
  ask(request: string): Promise<T>;
  close(): Promise<void>;
}

/** The bytes of an answer as they arrive. Each method rejects when git ends before they are complete. */
export interface Answer {
  /** Returns the bytes before the next occurrence of a byte, and consumes it too. */
  until(byte: number): Promise<Buffer>;
  take(length: number): Promise<Buffer>;
  skip(length: number): Promise<void>;
}

class Ended extends Error {}

/**
 * Opens a dialogue; git is started by the first request, and again after it gave up.
 * @param read reads exactly one answer; whatever it throws ends this git, because the place in the stream is lost
 * @param gaveUp makes the fault for a git that ended, from its stderr
 * @param flush what ends the requests of one moment, for a git that holds its answers back until then
 */
export function openDialogue<T>(start: () => GitChild, read: (answer: Answer) => Promise<T>, gaveUp: (complaint: string) => Fault, flush = ''): Dialogue<T> {
  let line: Line | undefined;
  return {
    ask(request) {
      const current = (line ??= new Line(start(), flush));
      return current.exchange(request, read).catch(async (error: unknown) => {
        if (line === current) line = undefined;
        await current.hangUp();
        throw error instanceof Ended ? gaveUp(current.child.complaint()) : error;
      });
    },
    async close() {
      const current = line;
      line = undefined;
      await current?.hangUp().catch(() => undefined);
    },
  };
}

class Line implements Answer {
  readonly child: GitChild;
  #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #requests = '';
  readonly #end: string;
  #over = false;

  constructor(child: GitChild, flush: string) {
    this.child = child;
    this.#end = flush;
    this.#chunks = child.process.stdout[Symbol.asyncIterator]();
  }

  async exchange<T>(request: string, read: (answer: Answer) => Promise<T>): Promise<T> {
    const answer = this.#last.then(() => read(this));
    this.#last = answer.catch(() => undefined);
    if (this.#waiting++ === 0) this.#keep('ref');
    this.#send(request);
    return answer.finally(() => {
      if (--this.#waiting === 0) this.#keep('unref');
    });
  }

  // Requests of one moment go out together: a system call for each would cost more than its answer.
  #send(request: string): void {
    if (this.#requests === '') process.nextTick(() => this.#flush());
    this.#requests += request;
  }

  #flush(): void {
    const requests = this.#requests;
    this.#requests = '';
    if (!this.#over) this.child.process.stdin.write(requests + this.#end);
  }

  // An idle git must not keep a program alive that is otherwise done; a busy one must.
  #keep(change: 'ref' | 'unref'): void {
    const { process } = this.child;
    for (const part of [process, process.stdin as Socket, process.stdout as Socket, process.stderr as Socket]) part[change]();
  }

  async hangUp(): Promise<void> {
    this.#over = true;
    this.#chunk = Buffer.alloc(0);
    this.#keep('ref');
    this.child.process.kill('SIGKILL');
    this.child.process.stdout.destroy();
    await this.child.ended;
  }

  async #more(): Promise<void> {
    const next = this.#over ? undefined : await this.#chunks.next().catch(() => undefined);
    // A close while waiting ends the answer too.
    if (this.#over || next === undefined || next.done === true) throw new Ended();
    this.#chunk = next.value;
  }

  async until(byte: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      const end = this.#chunk.indexOf(byte);
      if (end >= 0) parts.push(this.#chunk.subarray(0, end));
      else parts.push(this.#chunk);
      this.#chunk = this.#chunk.subarray(end >= 0 ? end + 1 : this.#chunk.length);
      if (end >= 0) return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      await this.#more();
    }
  }

  // A copy in memory of its own: a view would keep a whole chunk alive for as long as one small object is cached.
  async take(length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(length);
    await this.#consume(length, (chunk, at) => chunk.copy(bytes, at));
    return bytes;
  }

  async skip(length: number): Promise<void> {
    await this.#consume(length, () => undefined);
  }

  async #consume(length: number, use: (chunk: Buffer, at: number) => void): Promise<void> {
    for (let at = 0; at < length; ) {
      if (this.#chunk.length === 0) await this.#more();
      const part = this.#chunk.subarray(0, length - at);
      use(part, at);
      at += part.length;
      this.#chunk = this.#chunk.subarray(part.length);
    }
  }
}
