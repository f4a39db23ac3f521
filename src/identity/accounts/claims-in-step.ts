import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import type { Stores } from '../../platform/stores.js';
import { Subscriptions } from '../../platform/subscriptions.js';
import { LOG, STORES } from '../../platform/tokens.js';
import { emailSaga } from '../email.saga.js';

const patience = 30_000;

/**
 * Lets nobody in before each account that a crash left with an unconfirmed claim has its email address for good. Otherwise the claim
 * could look lapsed to whoever asks first.
 */
@Injectable()
export class ClaimsInStep implements OnApplicationBootstrap {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(LOG) private readonly log: Log,
    private readonly subscriptions: Subscriptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const claims = this.subscriptions.named(emailSaga.name);
    if (await claims.reached(await this.stores.events.head(), patience)) return;
    this.log.warn({ subscription: claims.name }, 'Claims on email addresses are behind');
  }
}
