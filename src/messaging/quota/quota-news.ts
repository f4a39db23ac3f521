import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Log } from '#lib/subscriptions';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { CommandContext } from '../../platform/command-context.js';
import { upTo } from '../../platform/growing-cache.js';
import { LOG } from '../../platform/tokens.js';
import type { Day } from './days.js';
import { levelOf, type NoteQuotaUse } from './quota.decider.js';

const maxDaysInMemory = 20_000;

/** Records when most of a day's quota is used, and when all of it is. */
@Injectable()
export class QuotaNews {
  /** By user and day: what was noted last. Only spares a look into the log: what is noted twice changes nothing. */
  private readonly noted = new LRUCache<string, string>(upTo(maxDaysInMemory));

  constructor(
    private readonly commands: CommandBus,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Does not wait, and does not fail: where it could not be recorded, the next message of the day records it. */
  note({ userId, at, limit, used, period }: QuotaUse): void {
    const key = `${period.from} ${userId}`;
    const level = levelOf({ limit, used });
    if (level === 'none' || this.noted.get(key) === level || this.noted.get(key) === 'exceeded') return;
    this.noted.set(key, level);
    const command: NoteQuotaUse = { type: 'NoteQuotaUse', data: { userId, ...period, limit, used, at } };
    const context = CommandContext.new({ kind: 'system', id: 'quota' });
    this.commands.execute<NoteQuotaUse>(command, context).catch((error: unknown) => {
      this.noted.delete(key);
      this.log.warn({ err: error, userId, level }, 'A user could not be told yet how much of their quota is used');
    });
  }
}

type QuotaUse = {
  readonly userId: string;
  readonly at: string;
  readonly limit: number;
  readonly used: number;
  readonly period: Day;
};
