import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { NumberCheck } from '#lib/whatsapp';
import { upTo } from '../../platform/growing-cache.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';

const existingTtlMs = 24 * 3600 * 1000;
/** Somebody may join WhatsApp at any time. */
const missingTtlMs = 5 * 60 * 1000;
const maxNumbersInMemory = 50_000;

/** Looks up where a number is reached on WhatsApp: once for each session, because WhatsApp limits such queries. */
@Injectable()
export class NumberChecks {
  private readonly known = new LRUCache<string, NumberCheck>({ ...upTo(maxNumbersInMemory), ttl: existingTtlMs });
  private readonly underWay = new Map<string, Promise<NumberCheck>>();

  constructor(@Inject(MESSENGER) private readonly messenger: Messenger) {}

  /** @throws {NotConnected | QueryFailed} */
  async of(sessionId: string, phoneNumber: string): Promise<NumberCheck> {
    const key = `${sessionId} ${phoneNumber}`;
    const known = this.known.get(key);
    if (known) return known;
    const check = this.underWay.get(key) ?? this.check(sessionId, phoneNumber, key);
    this.underWay.set(key, check);
    return check;
  }

  private async check(sessionId: string, phoneNumber: string, key: string): Promise<NumberCheck> {
    try {
      const [check] = await this.messenger.checkNumbers(sessionId, [phoneNumber]);
      if (!check) throw new Error('WhatsApp was asked for one number and answered for none');
      this.known.set(key, check, { ttl: check.exists ? existingTtlMs : missingTtlMs });
      return check;
    } finally {
      this.underWay.delete(key);
    }
  }
}
