import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { NumberCheck } from '#lib/whatsapp';
import { upTo } from '../../platform/growing-cache.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';

const day = 24 * 3600 * 1000;
/** Somebody may join WhatsApp any time. */
const unknownNumber = 5 * 60 * 1000;

/** Where a number is reached on WhatsApp: asked once for each session and remembered, as WhatsApp limits such questions. */
@Injectable()
export class NumberChecks {
  private readonly known = new LRUCache<string, NumberCheck>({ ...upTo(50_000), ttl: day });
  private readonly underWay = new Map<string, Promise<NumberCheck>>();

  constructor(@Inject(MESSENGER) private readonly messenger: Messenger) {}

  /** @throws {NotConnected | QueryFailed} */
  async of(sessionId: string, phoneNumber: string): Promise<NumberCheck> {
    const key = `${sessionId} ${phoneNumber}`;
    const known = this.known.get(key);
    if (known) return known;
    const asking = this.underWay.get(key) ?? this.ask(sessionId, phoneNumber, key);
    this.underWay.set(key, asking);
    return asking;
  }

  private async ask(sessionId: string, phoneNumber: string, key: string): Promise<NumberCheck> {
    try {
      const [check] = await this.messenger.checkNumbers(sessionId, [phoneNumber]);
      if (!check) throw new Error('WhatsApp was asked for one number and answered for none');
      this.known.set(key, check, { ttl: check.exists ? day : unknownNumber });
      return check;
    } finally {
      this.underWay.delete(key);
    }
  }
}
