import type { FastifyInstance } from 'fastify';
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
  server.on('connection', (socket: Socket) => {
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

/** Cuts requests that keep the server from stopping. */
export const cutAtStop = (server: FastifyInstance): void => {
  server.addHook('preClose', (done) => {
    setTimeout(() => server.server.closeAllConnections(), drainTimeoutMs).unref();
    done();
  });
};
