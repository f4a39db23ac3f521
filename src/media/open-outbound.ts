import type { OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '#config';
import { openOutbound, type Outbound } from '#lib/outbound';
import { authoritiesOf, isAllowedBy } from '../platform/outbound-allowed.js';

/** Fetches from the servers that users name, until the service stops. */
export class OutboundAtStop implements OnApplicationShutdown {
  private constructor(readonly outbound: Outbound) {}

  static open(config: Pick<Config, 'WAYBILL_OUTBOUND_ALLOW' | 'WAYBILL_OUTBOUND_CA'>): OutboundAtStop {
    return new OutboundAtStop(openOutbound({ isAllowed: isAllowedBy(config), authorities: authoritiesOf(config) }));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.outbound.close();
  }
}
