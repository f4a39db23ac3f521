import { WebSocket } from 'ws';
import { eventually } from './eventually.js';
import type { LiveEvent } from './event-stream.js';

type Received = { readonly cursor?: string; readonly [field: string]: unknown };

/** A client of `/v1/ws` that remembers what it got. */
export class SocketClient {
  readonly events: LiveEvent[] = [];
  /** What was no event. */
  readonly said: Received[] = [];
  /** Where it goes on. */
  lastId: string | undefined;
  closed: { readonly code: number; readonly reason: string } | undefined;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => this.take(JSON.parse((data as Buffer).toString()) as Received));
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    socket.on('error', () => undefined);
  }

  static async open(url: string): Promise<SocketClient> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/ws`);
    const client = new SocketClient(socket);
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return client;
  }

  /** Says something, and answers what comes back. */
  async ask(frame: object | string): Promise<Received> {
    const before = this.said.length;
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
    return eventually(() => this.said[before] ?? (false as const));
  }

  async until(type: string, passes: (event: LiveEvent) => boolean = () => true): Promise<LiveEvent> {
    return eventually(() => this.events.find((event) => event.type === type && passes(event)) ?? (false as const));
  }

  /** Takes nothing more, as a client that hangs. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Says something, whatever comes back, as soon as the other end takes it. */
  async say(frame: object): Promise<void> {
    await new Promise<void>((done) => this.socket.send(JSON.stringify(frame), () => done()));
  }

  cut(): void {
    this.socket.terminate();
  }

  private take(frame: Received): void {
    if (typeof frame['type'] === 'string') this.events.push(frame as unknown as LiveEvent);
    else this.said.push(frame);
    this.lastId = frame.cursor ?? this.lastId;
  }
}
