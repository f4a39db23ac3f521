import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventCodec } from '#lib/event-sourcing';
import { StoreUnavailable } from '#lib/event-store';
import type { Log } from '#lib/subscriptions';
import type { Stores } from '../../platform/stores.js';
import { CODEC, LOG, STORES } from '../../platform/tokens.js';
import { adminEvents } from '../admin.contract.js';
import { apiKeyEvents } from '../api-key.contract.js';
import { userEvents } from '../user.contract.js';
import { Callers } from './callers.js';

/** How long a change waits for the directory to know of it, in milliseconds. */
const patience = 5000;
const pauseAfterTrouble = 1000;

/** What the directory does not need to know: it would only make the start longer. */
const passedOver = new Set(['AdminLoggedIn', 'AdminLoggedOut', 'AdminLoginRejected', 'UserProfileChanged']);
const declared = [userEvents, adminEvents, apiKeyEvents];
const filter = {
  categories: declared.map(({ category }) => category),
  types: declared.flatMap(({ types }) => Object.keys(types)).filter((type) => !passedOver.has(type)),
};

/**
 * Keeps everybody who may call in memory, so that a credential is checked in microseconds. Follows the log from its beginning at each
 * start; a change has effect once `knows` resolves.
 */
@Injectable()
export class Directory implements OnModuleInit, OnApplicationShutdown {
  readonly callers = new Callers();
  private readonly stopping = new AbortController();
  private following: Promise<void> | undefined;
  private position = 0;
  private readonly waiting = new Set<() => void>();

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(CODEC) private readonly codec: EventCodec,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Resolves when everything that is in the log is known. */
  async onModuleInit(): Promise<void> {
    const head = await this.stores.events.head();
    this.following = this.follow();
    await this.reached(head);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  /** Resolves when what a command led to is known here. @throws {StoreUnavailable} it takes too long: the log cannot be read. */
  async knows({ position }: { readonly position: number }): Promise<void> {
    if (this.position >= position) return;
    const late = AbortSignal.timeout(patience);
    const tooLate = new Promise<never>((_resolve, reject) => {
      late.addEventListener('abort', () => reject(new StoreUnavailable('io', 'The log is not read at the moment')));
    });
    await Promise.race([this.reached(position), tooLate]);
  }

  private async reached(position: number): Promise<void> {
    while (this.position < position && !this.stopping.signal.aborted) {
      await new Promise<void>((resolve) => void this.waiting.add(resolve));
    }
  }

  private async follow(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.read();
      } catch (error) {
        if (error instanceof StoreUnavailable && error.reason === 'closed') return;
        this.log.error({ err: error }, 'Who may call is not up to date: the log cannot be read');
        await delay(pauseAfterTrouble);
      }
    }
  }

  private async read(): Promise<void> {
    const { signal } = this.stopping;
    for await (const page of this.stores.events.subscribe({ after: this.position, filter, signal })) {
      for (const event of await this.codec.decode(page.events)) {
        this.callers.note(event as Parameters<Callers['note']>[0]);
      }
      this.position = page.position;
      for (const wake of this.waiting) wake();
      this.waiting.clear();
    }
  }
}
