import { newId } from '#lib/ids';
import { NobodyAnswers } from './errors.js';
import { Listeners } from './listeners.js';
import { failedListener, type CallsLog } from './log.js';
import type { Member, ProcessCalls, Question, Service } from './port.js';
import { methodOf } from './services.js';

/** For the only process of an installation: it answers itself, directly. */
export const callsWithin = (log: CallsLog): ProcessCalls => new CallsWithin(log);

class CallsWithin implements ProcessCalls {
  readonly id = newId();
  readonly hasOthers = false;
  private readonly listeners: Listeners;
  private services: readonly Service[] | undefined;
  private stands: () => Promise<boolean> = () => Promise.resolve(false);
  private describe: (() => Promise<unknown>) | undefined;
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(log: CallsLog) {
    this.listeners = new Listeners(failedListener(log));
  }

  async serve(services: readonly Service[], stands: () => Promise<boolean>): Promise<void> {
    this.services = services;
    this.stands = stands;
  }

  async ask({ service, method, args }: Question): Promise<unknown> {
    const { services } = this;
    if (!services || !(await this.stands())) throw new NobodyAnswers('No process answers');
    const answer = (async () => methodOf(services, service.name, method).run(...args))();
    this.underWay.add(answer);
    try {
      return await answer;
    } finally {
      this.underWay.delete(answer);
    }
  }

  async isServed(): Promise<boolean> {
    return this.services !== undefined && this.stands();
  }

  tell(topic: string, news: unknown): void {
    this.listeners.tell(topic, news);
  }

  listen(topic: string, listener: (news: never) => void): void {
    this.listeners.add(topic, listener);
  }

  /** It never misses anything. */
  whenHeard(): void {}

  async announce(describe: () => Promise<unknown>): Promise<void> {
    this.describe = describe;
  }

  async members(): Promise<readonly Member[]> {
    return this.describe ? [{ id: this.id, about: await this.describe(), lastSeenMs: 0 }] : [];
  }

  health(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async close(): Promise<void> {
    this.services = undefined;
    this.describe = undefined;
    await Promise.allSettled(this.underWay);
  }
}
