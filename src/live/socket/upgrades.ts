import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';

const heads = new WeakMap<IncomingMessage, Buffer>();

/** What came after the head of a request that asks for a WebSocket; undefined where it asks for none. */
export const upgradeHeadOf = (request: IncomingMessage): Buffer | undefined => heads.get(request);

/** Passes requests for WebSockets to the routes, like any other. A wish for another protocol is ignored, as HTTP allows. */
export const routeUpgrades = (server: Server): void => {
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      asPlainRequest(server, request, socket, head);
      return;
    }
    heads.set(request, head);
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => socket.destroySoon());
    server.emit('request', request, response);
  });
};

const dropped: ReadonlySet<string> = new Set(['upgrade', 'connection', 'http2-settings']);

/** Node has given the connection up for another protocol (such as h2c, which Java's client asks for): the request is read anew without that. */
const asPlainRequest = (server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void => {
  const { method, url, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (!dropped.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[at + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
};
