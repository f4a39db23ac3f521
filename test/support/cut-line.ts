import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a server on this machine that can be cut, and be silent. */
export class CutLine {
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((socket) => this.pass(socket));
  private state: 'open' | 'cut' | 'silent' = 'open';

  private constructor(private readonly target: number) {}

  /** To the port of a connection string, whose host it replaces. */
  static async to(url: string): Promise<CutLine> {
    const line = new CutLine(Number(new URL(url).port));
    line.server.listen(0, '127.0.0.1');
    await once(line.server, 'listening');
    return line;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Its connections end at once, and there are no new ones. */
  cut(): void {
    this.state = 'cut';
    for (const socket of this.sockets) socket.destroy();
  }

  /** Nothing passes any more, and nobody is told. */
  silence(): void {
    this.state = 'silent';
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  /** New connections pass. */
  mend(): void {
    this.state = 'open';
  }

  async stop(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private pass(socket: Socket): void {
    if (this.state === 'cut') return void socket.destroy();
    this.note(socket);
    if (this.state === 'silent') return;
    const target = connect(this.target, '127.0.0.1');
    this.note(target);
    socket.pipe(target).pipe(socket);
    socket.on('close', () => target.destroy());
    target.on('close', () => socket.destroy());
  }

  private note(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => socket.destroy());
  }
}
