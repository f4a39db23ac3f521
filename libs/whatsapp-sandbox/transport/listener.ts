import { createServer, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';

export type ListenerOptions = {
  readonly host: string;
  readonly port: number;
  readonly maxPayload: number;
  readonly maxConnections: number;
  /** Consulted for each client that knocks: an HTTP status to refuse it with, `reset` to cut it off, or nothing. */
  readonly refusal: () => number | 'reset' | undefined;
  readonly onClient: (socket: WebSocket) => void;
};

/** Milliseconds in which a client has to ask for a WebSocket, and how often that is looked at. */
const PATIENCE = { headersTimeout: 10_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };
/** Sockets that are not clients yet, beside those that are. */
const STRANGERS = 1_000;

/** The TCP and WebSocket part of the server. */
export class Listener {
  readonly #http: Server = createServer(PATIENCE, (_request, response) => response.writeHead(426).end());
  readonly #websockets: WebSocketServer;
  readonly #sockets = new Set<Socket>();

  constructor(private readonly options: ListenerOptions) {
    this.#websockets = new WebSocketServer({
      noServer: true,
      maxPayload: options.maxPayload,
      perMessageDeflate: false,
    });
    this.#http.maxConnections = options.maxConnections + STRANGERS;
    this.#http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Resolves with the port. Rejects when it is taken. */
  async start(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(this.options.port, this.options.host, resolve);
    });
    return (this.#http.address() as AddressInfo).port;
  }

  /** Cuts all clients off and frees the port. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const full = this.#websockets.clients.size >= this.options.maxConnections;
    const refusal = full ? 503 : this.options.refusal();
    if (refusal === 'reset') socket.destroy();
    else if (refusal !== undefined) {
      socket.end(
        `HTTP/1.1 ${refusal} ${STATUS_CODES[refusal] ?? 'Error'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
    } else this.#websockets.handleUpgrade(request, socket, head, (client) => this.options.onClient(client));
  }
}
