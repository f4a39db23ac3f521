import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import type { End, LiveConnection } from '../live-readers.js';

/** How soon a browser connects again. */
const retryMs = 2000;
/** What the other end may take to read why it is cut. */
const lastWordsTimeoutMs = 2000;

/** Server-Sent Events as the answer to a request. */
export class EventStream implements LiveConnection {
  private readonly response: ServerResponse;
  private readonly socket: Socket;

  /** Whether whoever asked is gone. Nothing would tell a stream that is begun then that it is closed. */
  static isTooLateFor({ raw, request }: FastifyReply): boolean {
    return raw.destroyed || request.raw.socket.destroyed;
  }

  /** Begins the answer. `cursor`: where whoever is cut before the first event goes on. */
  constructor(reply: FastifyReply, cursor: string) {
    this.response = reply.raw;
    this.socket = reply.request.raw.socket;
    const headers = { ...reply.getHeaders(), 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
    reply.hijack();
    this.response.writeHead(200, headers as Record<string, string>);
    this.response.write(`retry: ${retryMs}\nid: ${cursor}\n\n`);
  }

  /** An answer that waits for the one before it on the same connection has no `close` of its own where the connection is closed. */
  onClose(closed: () => void): void {
    const done = (): void => {
      this.response.off('close', done);
      this.socket.off('close', done);
      closed();
    };
    this.response.on('close', done);
    this.socket.on('close', done);
  }

  /** Ends as all answers do. */
  finish(): void {
    this.response.end();
  }

  send(body: string, cursor: string | null): boolean {
    return this.response.write(`${cursor === null ? '' : `id: ${cursor}\n`}data: ${body}\n\n`);
  }

  async drained(): Promise<void> {
    if (!this.response.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.response.off('drain', done).off('close', done);
        resolve();
      };
      this.response.on('drain', done).on('close', done);
    });
  }

  beat(cursor: string | null): boolean {
    return this.response.write(`: heartbeat\n${cursor === null ? '' : `id: ${cursor}\n`}\n`);
  }

  end(why: End): void {
    this.response.end(`event: end\ndata: ${JSON.stringify(why)}\n\n`);
    const cut = setTimeout(() => this.response.destroy(), lastWordsTimeoutMs).unref();
    this.response.once('close', () => clearTimeout(cut));
  }
}
