import { ReadableStream } from 'node:stream/web';
import type { MessagePort, Worker } from 'node:worker_threads';
import { passError, receiveError, type PassedError } from './errors.js';

/** What one side answers. Arguments and results pass as copies; a stream passes as itself. */
type Calls = { readonly [name: string]: (...args: never[]) => unknown };

/** The same, asked from the other side. */
export type Remote<C> = {
  readonly [K in keyof C]: C[K] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

type Frame =
  | { readonly kind: 'ask'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: 'tell'; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: PassedError };

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };

/** The line between two threads, as one of them has it. Calls are begun on the other side in the order in which they are made. */
export class Wire<Other> {
  private readonly waiting = new Map<number, Waiting>();
  private leaving: Frame[] = [];
  private last = 0;
  private broken: Error | undefined;

  constructor(
    private readonly port: MessagePort | Worker,
    private readonly calls: Calls,
  ) {
    port.on('message', (frames: readonly Frame[]) => frames.forEach((frame) => this.take(frame)));
  }

  /** Rejects with what the other side throws. */
  readonly ask = new Proxy({} as Remote<Other>, {
    // A promise that resolves with this must not take it for another promise.
    get: (_, name) =>
      typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => this.question(name, args) : undefined,
  });

  /** Without an answer: what goes wrong there stays there. */
  tell<Name extends keyof Other & string>(
    name: Name,
    ...args: Other[Name] extends (...args: infer Args) => unknown ? Args : never
  ): void {
    if (!this.broken) this.post({ kind: 'tell', name, args });
  }

  /** The other side is gone: what was asked fails, and whatever is asked from now on. */
  break(error: Error): void {
    this.broken ??= error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  private question(name: string, args: readonly unknown[]): Promise<unknown> {
    if (this.broken) return Promise.reject(this.broken);
    return new Promise((resolve, reject) => {
      const id = (this.last += 1);
      this.waiting.set(id, { resolve, reject });
      this.post({ kind: 'ask', id, name, args });
    });
  }

  private take(frame: Frame): void {
    switch (frame.kind) {
      case 'ask':
        return void this.answer(frame.id, frame.name, frame.args);
      case 'tell':
        return void this.call(frame.name, frame.args);
      case 'answer':
        return this.settle(frame.id, ({ resolve }) => resolve(frame.value));
      case 'failure':
        return this.settle(frame.id, ({ reject }) => reject(receiveError(frame.error)));
    }
  }

  private call(name: string, args: readonly unknown[]): unknown {
    const call = this.calls[name];
    if (!call) throw new Error(`Nobody answers ${name}`);
    return call(...(args as never[]));
  }

  private async answer(id: number, name: string, args: readonly unknown[]): Promise<void> {
    try {
      this.post({ kind: 'answer', id, value: await this.call(name, args) });
    } catch (error) {
      this.post({ kind: 'failure', id, error: passError(error) });
    }
  }

  private settle(id: number, how: (waiting: Waiting) => void): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (waiting) how(waiting);
  }

  /** What is said in one turn of the event loop leaves together at its end: waking the other thread costs more than what it is told. */
  private post(frame: Frame): void {
    if (this.leaving.push(frame) === 1) setImmediate(() => this.leave());
  }

  private leave(): void {
    const frames = this.leaving;
    this.leaving = [];
    try {
      this.send(frames);
    } catch {
      for (const frame of frames) this.leaveAlone(frame); // one of them cannot be copied
    }
  }

  private leaveAlone(frame: Frame): void {
    try {
      this.send([frame]);
    } catch (error) {
      if (frame.kind === 'ask') this.settle(frame.id, ({ reject }) => reject(error as Error));
      else if (frame.kind === 'answer') this.send([{ kind: 'failure', id: frame.id, error: passError(error) }]);
      else throw error;
    }
  }

  private send(frames: readonly Frame[]): void {
    const streams = frames.flatMap((frame) =>
      frame.kind === 'answer' && frame.value instanceof ReadableStream ? [frame.value] : [],
    );
    this.port.postMessage(frames, streams as never[]);
  }
}
