import { Inject, Injectable } from '@nestjs/common';
import type { Effect } from '../../platform/context-definition.js';
import type { GiveBackQuota } from '../message.commands.js';
import type { Ledger } from './ledger.js';
import { LEDGER } from './quotas.js';

@Injectable()
export class GiveBackQuotaEffect implements Effect<GiveBackQuota> {
  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  async run({ data }: GiveBackQuota): Promise<readonly []> {
    await this.ledger.giveBack(data);
    return [];
  }
}
