import { createServer, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { isFromForeignPage } from '../origin.js';

export type ListenerOptions = {
  readonly host: string;
  readonly port: number;
  readonly maxPayload: number;
  readonly maxConnections: number;
  /** Called for each upgrade request: returns an HTTP status to refuse it, `reset` to destroy the socket, or undefined to accept. */
  readonly refusal: () => number | 'reset' | undefined;
  readonly onClient: (socket: WebSocket) => void;
};

/** Time limits for the upgrade request, in milliseconds. */
const httpTimeouts = { headersTimeout: 10_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };
/** Sockets without an upgrade, in addition to the clients. */
const maxPendingSockets = 1_000;

/** The HTTP and WebSocket server. */
export class Listener {
  readonly #http: Server = createServer(httpTimeouts, (_request, response) => response.writeHead(426).end());
  readonly #websockets: WebSocketServer;
  readonly #sockets = new Set<Socket>();

  constructor(private readonly options: ListenerOptions) {
    this.#websockets = new WebSocketServer({
      noServer: true,
      maxPayload: options.maxPayload,
      perMessageDeflate: false,
    });
    this.#http.maxConnections = options.maxConnections + maxPendingSockets;
    this.#http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Resolves with the port. Rejects if it is taken. */
  async start(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(this.options.port, this.options.host, resolve);
    });
    return (this.#http.address() as AddressInfo).port;
  }

  /** Disconnects all clients and frees the port. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const full = this.#websockets.clients.size >= this.options.maxConnections;
    const refusal = isFromForeignPage(request.headers) ? 403 : full ? 503 : this.options.refusal();
    if (refusal === 'reset') socket.destroy();
    else if (refusal !== undefined) {
      socket.end(
        `HTTP/1.1 ${refusal} ${STATUS_CODES[refusal] ?? 'Error'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
    } else this.#websockets.handleUpgrade(request, socket, head, (client) => this.options.onClient(client));
  }
}
