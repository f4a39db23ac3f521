import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { clientOf, isWithin, parseRange } from '../ip.rules.js';
import type { HttpSettings } from './settings.js';

/** How long open requests may take after the service began to stop. */
const drainTimeoutMs = 5000;

/** Bounds the connections in all and per client; further ones are closed at once. */
export const limitConnections = (
  { server }: FastifyInstance,
  { maxConnections = Infinity, maxConnectionsPerAddress = Infinity, trustedProxies = [] }: HttpSettings,
): void => {
  const proxies = trustedProxies.map(parseRange).filter((range) => range !== undefined);
  const open = new Map<string, number>();
  server.maxConnections = maxConnections;
  const counted = new WeakSet<Socket>();
  server.on('connection', (socket: Socket) => {
    if (counted.has(socket)) return; // it was given up for another protocol, and taken back
    counted.add(socket);
    const { remoteAddress: address = '' } = socket;
    if (isWithin(address, proxies)) return;
    const client = clientOf(address);
    const count = (open.get(client) ?? 0) + 1;
    if (count > maxConnectionsPerAddress) {
      socket.destroy();
      return;
    }
    open.set(client, count);
    socket.once('close', () => {
      const left = (open.get(client) ?? 1) - 1;
      if (left === 0) open.delete(client);
      else open.set(client, left);
    });
  });
};

/**
 * When the service stops: ends each connection as soon as it serves no request, and cuts the requests that take too long. Node itself
 * would wait for connections that were opened and never used, and for those whose last answer came after the stop began.
 */
export const endConnectionsAtStop = (server: FastifyInstance): void => {
  const requests = new Map<Socket, number>();
  const known = new WeakSet<Socket>();
  let isStopping = false;
  const count = (socket: Socket, more: number): void => {
    const before = requests.get(socket);
    if (before === undefined) return;
    requests.set(socket, before + more);
    if (isStopping && before + more === 0) socket.destroySoon();
  };
  server.server
    .on('connection', (socket: Socket) => {
      if (!known.has(socket)) socket.once('close', () => requests.delete(socket));
      known.add(socket);
      requests.set(socket, 0);
    })
    .on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      count(socket, 1);
      response.once('close', () => count(socket, -1));
    })
    .on('upgrade', ({ socket }: IncomingMessage) => requests.delete(socket)); // whoever took it over ends it
  server.addHook('preClose', (done) => {
    isStopping = true;
    for (const [socket, open] of requests) if (open === 0) socket.destroySoon();
    setTimeout(() => server.server.closeAllConnections(), drainTimeoutMs).unref();
    done();
  });
};
