// SPDX-License-Identifier: Apache-2.0
// Loaded before a program (`node --import`, or NODE_OPTIONS for all that a shell starts): no connection, no name, no datagram.
// Each try fails, and is a line in $NETWORK_LOG, so that one whose failure is swallowed is seen too.
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

function forbid(object, name) {
  object[name] = () => {
    if (process.env.NETWORK_LOG) appendFileSync(process.env.NETWORK_LOG, `${process.argv.slice(1).join(' ')}: ${name}\n`);
    throw Object.assign(new Error(`there is no network: ${name}`), { code: 'ENETUNREACH' });
  };
}

forbid(net.Socket.prototype, 'connect');
forbid(dgram, 'createSocket');
for (const each of [dns, dns.promises]) for (const name of Object.keys(each)) if (/^(?:lookup|resolve|reverse)/.test(name)) forbid(each, name);
syncBuiltinESMExports();
