import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';

const heads = new WeakMap<IncomingMessage, Buffer>();

/** What came after the head of a request that asks for a WebSocket; undefined where it asks for none, or where there is none. */
export const upgradeHeadOf = (request: IncomingMessage): Buffer | undefined => heads.get(request);

/** Also in the form in which proxies are asked: with the server's name. */
const ofWebSocket = /^(?:https?:\/\/[^/]*)?\/v1\/ws(?:\?|$)/;

/**
 * Passes requests for `/v1/ws` to its route, with the connection for the WebSocket. All others are plain requests, whatever protocol they ask
 * for: HTTP allows to ignore that.
 */
export const routeUpgrades = (server: Server): void => {
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (asksForWebSocket(request)) asUpgrade(server, request, socket, head);
    else asPlainRequest(server, request, socket, head);
  });
};

const asksForWebSocket = ({ method, url = '', headers }: IncomingMessage): boolean =>
  method === 'GET' && ofWebSocket.test(url) && headers.upgrade?.toLowerCase() === 'websocket';

const asUpgrade = (server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void => {
  // Node listens no longer, and an error that nobody hears ends the process. All that matters is the `close` that follows.
  socket.on('error', () => undefined);
  heads.set(request, head);
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.destroySoon());
  server.emit('request', request, response);
};

const otherProtocol: ReadonlySet<string> = new Set(['upgrade', 'http2-settings']);

/** Node has given the connection up for another protocol (such as h2c, which Java's client asks for): the request is read anew without that. */
const asPlainRequest = (server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void => {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (otherProtocol.has(name.toLowerCase())) continue;
    lines.push(`${name}: ${name.toLowerCase() === 'connection' ? withoutOtherProtocol(value) : value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket); // Node listens for errors again
};

const withoutOtherProtocol = (connection: string): string =>
  connection
    .split(',')
    .filter((option) => !otherProtocol.has(option.trim().toLowerCase()))
    .join(',')
    .trim();
