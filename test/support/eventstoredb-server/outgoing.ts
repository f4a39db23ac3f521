import { once } from 'node:events';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { Node } from './node.js';
import { cutOff } from './rpc-errors.js';

/** The answer to a read: sends no faster than the client takes it, and ends with the call. */
export class Outgoing {
  private readonly ending = new AbortController();
  private eventsLeft = Infinity;

  constructor(
    private readonly call: ServerWritableStream<ReadReq, ReadResp>,
    private readonly sent: Node['sent'],
  ) {
    for (const end of ['cancelled', 'close', 'error', 'finish']) call.on(end, () => this.ending.abort());
  }

  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** Closes the connection when it comes to the event after so many. */
  cutAfter(events: number): void {
    this.eventsLeft = events;
  }

  /** @throws an `AbortError` if the client has gone. */
  async send(message: ReadResp): Promise<void> {
    this.signal.throwIfAborted();
    if (message.hasEvent()) {
      if (this.eventsLeft <= 0) throw cutOff();
      this.eventsLeft -= 1;
      this.sent.events += 1;
    }
    if (!this.call.write(message)) await once(this.call, 'drain', { signal: this.signal });
  }
}
