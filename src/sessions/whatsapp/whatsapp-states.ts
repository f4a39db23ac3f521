import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import type { WhatsAppConnections } from '#lib/whatsapp';
import { CONFIG } from '../../platform/tokens.js';
import type { WhatsAppState } from '../whatsapp-state.contract.js';
import { ConnectionStatuses } from './connection-statuses.js';
import { WHATSAPP } from './tokens.js';

@Injectable()
export class WhatsAppStates implements WhatsAppState {
  readonly mode: WhatsAppState['mode'];

  constructor(
    @Inject(CONFIG) { WAYBILL_WHATSAPP: mode }: Config,
    @Inject(WHATSAPP) private readonly connections: Pick<WhatsAppConnections, 'linkedSessions'>,
    private readonly statuses: ConnectionStatuses,
  ) {
    this.mode = mode;
  }

  connected(): number {
    return this.statuses.count;
  }

  async linked(): Promise<number> {
    return (await this.connections.linkedSessions()).length;
  }
}
