import { Injectable } from '@nestjs/common';
import type { Effect } from '../../platform/context-definition.js';
import type { GiveBackQuota } from '../message.commands.js';
import { DailyQuota } from './daily-quota.js';

@Injectable()
export class GiveBackQuotaEffect implements Effect<GiveBackQuota> {
  constructor(private readonly quota: DailyQuota) {}

  async run({ data }: GiveBackQuota): Promise<readonly []> {
    this.quota.giveBack(data);
    return [];
  }
}
