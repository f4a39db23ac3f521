import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { EventCodec } from '#lib/event-sourcing';
import { StoreUnavailable } from '#lib/event-store';
import type { Log } from '#lib/subscriptions';
import { LogFollower } from '../../platform/log-follower.js';
import type { Stores } from '../../platform/stores.js';
import { CODEC, LOG, STORES } from '../../platform/tokens.js';
import { adminEvents } from '../admin.contract.js';
import { apiKeyEvents } from '../api-key.contract.js';
import { userEvents } from '../user.contract.js';
import { Callers } from './callers.js';

/** How long a change waits for the directory to know of it, in milliseconds. */
const patience = 5000;

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
  private readonly follower: LogFollower;

  constructor(@Inject(STORES) stores: Stores, @Inject(CODEC) codec: EventCodec, @Inject(LOG) log: Log) {
    const note = (event: unknown): void => this.callers.note(event as Parameters<Callers['note']>[0]);
    this.follower = new LogFollower({ stores, codec, log, filter, note, what: 'Who may call' });
  }

  /** Resolves when everything that is in the log is known. */
  onModuleInit(): Promise<void> {
    return this.follower.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.follower.stop();
  }

  /** Resolves when what a command led to is known here. @throws {StoreUnavailable} it takes too long: the log cannot be read. */
  async knows({ position }: { readonly position: number }): Promise<void> {
    if (!(await this.follower.reached(position, patience))) {
      throw new StoreUnavailable('io', 'The log is not read at the moment');
    }
  }
}
