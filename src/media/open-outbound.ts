import { readFileSync } from 'node:fs';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '#config';
import { openOutbound, type Outbound } from '#lib/outbound';
import { isWithin, parseRange } from '../platform/http/ip.rules.js';

/** Fetches from the servers that users name, until the service stops. */
export class OutboundAtStop implements OnApplicationShutdown {
  private constructor(readonly outbound: Outbound) {}

  static open({
    WAYBILL_OUTBOUND_ALLOW: allowed,
    WAYBILL_OUTBOUND_CA: authorities,
  }: Pick<Config, 'WAYBILL_OUTBOUND_ALLOW' | 'WAYBILL_OUTBOUND_CA'>): OutboundAtStop {
    const ranges = allowed.map(parseRange).filter((range) => range !== undefined);
    return new OutboundAtStop(
      openOutbound({ isAllowed: (address) => isWithin(address, ranges), authorities: pemOf(authorities) }),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.outbound.close();
  }
}

const pemOf = (given: string | undefined): string | undefined =>
  given === undefined || given.includes('-----BEGIN') ? given : readFileSync(given, 'utf8');
