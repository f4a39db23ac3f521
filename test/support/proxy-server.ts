import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

const credentials = { user: 'shop', password: 's3cret/:@' };

/** A proxy for HTTP (CONNECT) and SOCKS 5 on one port, and for HTTPS on another, which asks for credentials and notes where it connects to. */
export class ProxyServer {
  /** `host:port` of each connection. */
  readonly targets: string[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly http = createHttpServer();
  private readonly server = createServer((socket) => this.accept(socket));

  private readonly secure;

  private constructor(certificate: TlsOptions) {
    this.secure = createTlsServer(certificate, (socket) => {
      this.note(socket);
      this.http.emit('connection', socket);
    });
    const expected = `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
    this.http.on('connect', ({ url = '', headers }, socket: Socket) => {
      if (headers['proxy-authorization'] !== expected) {
        return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      }
      const [host = '', port] = url.split(':');
      this.tunnel(socket, host, Number(port), Buffer.from('HTTP/1.1 200 Connection established\r\n\r\n'));
    });
  }

  /** `certificate`: what it shows to whoever speaks TLS with it. */
  static async start(certificate: TlsOptions = {}): Promise<ProxyServer> {
    const proxy = new ProxyServer(certificate);
    for (const server of [proxy.server, proxy.secure]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return proxy;
  }

  /** With the right credentials, or without. */
  url(protocol: 'http' | 'https' | 'socks5', withCredentials = true): string {
    const { port } = (protocol === 'https' ? this.secure : this.server).address() as AddressInfo;
    const { user, password } = credentials;
    const named = withCredentials ? `${user}:${encodeURIComponent(password)}@` : '';
    return `${protocol}://${named}127.0.0.1:${port}`;
  }

  /** The connections that are open through it. */
  get open(): number {
    return this.sockets.size;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    for (const server of [this.server, this.secure]) {
      server.close();
      await once(server, 'close');
    }
  }

  private note(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => socket.destroy());
  }

  private accept(socket: Socket): void {
    this.note(socket);
    socket.once('data', (first: Buffer) => {
      if (first[0] === socksVersion) return void this.socks(socket).catch(() => socket.destroy());
      socket.pause();
      socket.unshift(first);
      this.http.emit('connection', socket);
      socket.resume();
    });
  }

  /** After the greeting (RFC 1928, RFC 1929). */
  private async socks(socket: Socket): Promise<void> {
    socket.write(Buffer.of(socksVersion, byPassword));
    const login = await next(socket);
    const userEnd = 2 + login[1]!;
    const user = login.toString('utf8', 2, userEnd);
    const password = login.toString('utf8', userEnd + 1, userEnd + 1 + login[userEnd]!);
    const isRight = user === credentials.user && password === credentials.password;
    socket.write(Buffer.of(1, isRight ? 0 : 1));
    if (!isRight) return void socket.end();
    const request = await next(socket);
    const { host, end } = addressIn(request);
    this.tunnel(socket, host, request.readUInt16BE(end), Buffer.of(socksVersion, 0, 0, 1, 0, 0, 0, 0, 0, 0));
  }

  private tunnel(socket: Socket, host: string, port: number, answer: Buffer): void {
    this.targets.push(`${host}:${port}`);
    const target = connect(port, host, () => {
      socket.write(answer);
      socket.pipe(target).pipe(socket);
    });
    target.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('close', () => target.destroy());
  }
}

const socksVersion = 5;
const byPassword = 2;

const next = async (socket: Socket): Promise<Buffer> => (await once(socket, 'data'))[0] as Buffer;

/** The address in a request: an IPv4 address, or a name. */
const addressIn = (request: Buffer): { readonly host: string; readonly end: number } => {
  if (request[3] === 1) return { host: [...request.subarray(4, 8)].join('.'), end: 8 };
  const end = 5 + request[4]!;
  return { host: request.toString('utf8', 5, end), end };
};
