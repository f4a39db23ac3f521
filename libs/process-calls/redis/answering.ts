import { LRUCache } from 'lru-cache';
import { Transient } from '#lib/async';
import type { ErrorData } from '#lib/threads';
import type { Service } from '../port.js';
import { codecOf, methodOf } from '../services.js';
import type { Frame } from './frames.js';

type Asked = Extract<Frame, { readonly kind: 'ask' }>;

/** Whoever asked is told at these intervals that it is still being done. */
export const workingIntervalMs = 1000;
/** Questions that are remembered, so that none is taken twice. */
const maxRemembered = 20_000;
/** More than are ever asked at a time: beyond, something is wrong, and memory is bounded. */
const maxUnderWay = 1000;

/** Does what other processes ask for, each question once. */
export class Answering {
  private readonly taken = new LRUCache<string, true>({ max: maxRemembered });
  private readonly underWay = new Set<Promise<void>>();
  private isClosed = false;

  constructor(
    private readonly services: readonly Service[],
    private readonly stands: () => Promise<boolean>,
    /** Resolves when it is sent, or cannot be. */
    private readonly send: (to: string, frame: Frame) => Promise<void>,
  ) {}

  take(asked: Asked): void {
    if (this.isClosed || this.taken.has(asked.id)) return;
    this.taken.set(asked.id, true);
    const answering = this.answer(asked).finally(() => this.underWay.delete(answering));
    this.underWay.add(answering);
  }

  /** Takes no more, and resolves once what was taken is answered. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.underWay);
  }

  private async answer(asked: Asked): Promise<void> {
    const { id, from } = asked;
    const working = setInterval(() => void this.send(from, { kind: 'working', id }), workingIntervalMs).unref();
    try {
      const frame = await this.done(asked);
      if (frame) await this.send(from, frame);
    } finally {
      clearInterval(working);
    }
  }

  /** Undefined where another process answers. */
  private async done({ id, service: name, method, args }: Asked): Promise<Frame | undefined> {
    let error: ErrorData;
    const known = this.services.find((service) => service.name === name);
    try {
      if (this.underWay.size > maxUnderWay) throw new Transient('Too much is asked at the same time');
      if (!(await this.stands())) return undefined;
      return { kind: 'answer', id, value: await methodOf(this.services, name, method).run(...args) };
    } catch (failure) {
      error = codecOf(known ?? {}).encode(failure);
    }
    return { kind: 'failure', id, error };
  }
}
