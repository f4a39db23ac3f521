import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import type { Stores } from '../../platform/stores.js';
import { Subscriptions } from '../../platform/subscriptions.js';
import { LOG, STORES } from '../../platform/tokens.js';
import { SessionProcess } from '../../platform/processes/session-process.js';
import { emailSaga } from '../email.saga.js';

const catchUpTimeoutMs = 30_000;

/**
 * Delays the start until every account that a crash left with an unconfirmed claim has its email address confirmed. Otherwise the claim
 * could lapse, and another account could take the address.
 */
@Injectable()
export class ClaimsInStep implements OnApplicationBootstrap {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(LOG) private readonly log: Log,
    private readonly sessionProcess: SessionProcess,
    private readonly subscriptions: Subscriptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.sessionProcess.isHere) return;
    const claims = this.subscriptions.named(emailSaga.name);
    if (await claims.reached(await this.stores.events.head(), catchUpTimeoutMs)) return;
    this.log.warn(
      { subscription: claims.name },
      'Claims on email addresses are not confirmed yet: the start goes on without',
    );
  }
}
