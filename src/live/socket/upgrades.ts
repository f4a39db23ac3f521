import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';

const heads = new WeakMap<IncomingMessage, Buffer>();

/** What came after the head of a request that asks for a WebSocket; undefined where it asks for none, or where there is none. */
export const upgradeHeadOf = (request: IncomingMessage): Buffer | undefined => heads.get(request);

/** Also in the form in which proxies are asked: with the server's name. */
const ofWebSocket = /^(?:https?:\/\/[^/]*)?\/v1\/ws(?:\?|$)/;

/** The answers that are not finished yet of each connection: a client may send its next request before. */
const openAnswers = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Passes requests for `/v1/ws` to its route, with the connection for the WebSocket. All others are plain requests, whatever protocol they ask
 * for: HTTP allows to ignore that.
 */
export const routeUpgrades = (server: Server): void => {
  server.prependListener('request', noteAnswer);
  // Later versions of Node ask, and read the others as plain requests by themselves.
  if ('shouldUpgradeCallback' in server) server.shouldUpgradeCallback = asksForWebSocket;
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    void routeUpgrade(server, request, socket, head);
  });
};

const routeUpgrade = async (server: Server, request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> => {
  // Node listens no longer, and an error that nobody hears ends the process. All that matters is the `close` that follows.
  socket.on('error', () => undefined);
  await afterOpenAnswers(socket);
  if (socket.destroyed) return;
  socket.setTimeout(0); // the one between two requests may run
  if (asksForWebSocket(request)) asUpgrade(server, request, socket, head);
  else asPlainRequest(server, request, socket, head);
};

const noteAnswer = ({ socket }: IncomingMessage, answer: ServerResponse): void => {
  const open = openAnswers.get(socket) ?? new Set();
  openAnswers.set(socket, open.add(answer));
  answer.once('close', () => open.delete(answer));
};

/** A connection carries one answer at a time: a second one would be an error that ends the process. */
const afterOpenAnswers = async (socket: Socket): Promise<void> => {
  await Promise.all(
    [...(openAnswers.get(socket) ?? [])].map((answer) => new Promise((resolve) => answer.once('close', resolve))),
  );
};

const asksForWebSocket = ({ method, url = '', headers }: IncomingMessage): boolean =>
  method === 'GET' && ofWebSocket.test(url) && headers.upgrade?.toLowerCase() === 'websocket';

const asUpgrade = (server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void => {
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
