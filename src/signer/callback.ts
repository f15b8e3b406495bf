// SPDX-License-Identifier: Apache-2.0
// Where the browser comes back to after a sign-in (RFC 8252 §7.3): a server on the loopback address, on a port that the
// system chooses, that takes one answer and is gone. What it is told is for openid-client to judge.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault } from '../fault.ts';

export interface Callback {
  /** The redirect URI. */
  address: string;
  /** Resolves to the address that the browser came with; rejects with Fault SIGNING_FAILED where it doesn't in time. */
  answer: Promise<URL>;
  close(): void;
}

const PATH = '/auth/callback';
const HEADERS = {
  'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', connection: 'close',
  'content-security-policy': "default-src 'none'", 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff',
};
const page = (text: string): string => `<!doctype html><meta charset="utf-8"><title>countersign</title><p>${text}</p>\n`;

/** Listens. @throws Fault SIGNER_UNAVAILABLE where no port can be had */
export async function listenForAnswer(patience: number): Promise<Callback> {
  const server = createServer({ maxHeaderSize: 32768, requestTimeout: 10_000 });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(new Fault('SIGNER_UNAVAILABLE', `can't listen for the browser's answer: ${cause.code ?? 'unknown'}`, { hint: 'sign in on another device: git config countersign.sigstore.flow device' })));
    server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => resolve((server.address() as AddressInfo).port));
  });
  const origin = `http://127.0.0.1:${port}`;
  let timer: NodeJS.Timeout | undefined;
  const answer = new Promise<URL>((resolve, reject) => {
    timer = setTimeout(() => reject(new Fault('SIGNING_FAILED', `nobody signed in within ${patience / 1000} seconds`, { hint: 'try again' })), patience);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const url = addressOf(request, origin);
      if (url === undefined) return void response.writeHead(404, HEADERS).end(page('There is nothing here.'));
      server.close();
      const text = url.searchParams.has('code') ? 'You can close this page and go back to the terminal.' : 'The sign-in did not succeed. You can close this page; the terminal says more.';
      response.writeHead(200, HEADERS).end(page(text), () => resolve(url));
      response.on('close', () => resolve(url));
    });
  });
  // Whoever waits for it hears of it; if the sign-in fails before, nobody does.
  answer.catch(() => undefined);
  const close = (): void => {
    clearTimeout(timer);
    server.close();
    server.closeAllConnections();
  };
  return { address: `${origin}${PATH}`, answer, close };
}

/** A page elsewhere may make the browser ask here under another name; it does not know the path's answer, but need not try. */
function addressOf({ method, url, headers }: IncomingMessage, origin: string): URL | undefined {
  if (method !== 'GET' || `http://${headers.host}` !== origin || url === undefined || !URL.canParse(url, origin)) return undefined;
  const address = new URL(url, origin);
  return address.origin === origin && address.pathname === PATH ? address : undefined;
}
