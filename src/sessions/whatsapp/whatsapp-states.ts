import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import type { WhatsAppConnections } from '#lib/whatsapp';
import { SessionProcess, type Asked } from '../../platform/processes/session-process.js';
import { CONFIG } from '../../platform/tokens.js';
import type { WhatsAppState } from '../whatsapp-state.contract.js';
import { ConnectionStatuses } from './connection-statuses.js';
import { WHATSAPP } from './tokens.js';

@Injectable()
export class WhatsAppStates implements WhatsAppState {
  readonly mode: WhatsAppState['mode'];
  private readonly asked: Asked<{ count(): number }>;

  constructor(
    @Inject(CONFIG) { WAYBILL_WHATSAPP: mode }: Config,
    @Inject(WHATSAPP) private readonly connections: Pick<WhatsAppConnections, 'linkedSessions'>,
    statuses: ConnectionStatuses,
    sessionProcess: SessionProcess,
  ) {
    this.asked = sessionProcess.offer('connection-statuses', { count: () => statuses.count });
    this.mode = mode;
  }

  connected(): Promise<number> {
    return this.asked.count();
  }

  async linked(): Promise<number> {
    return (await this.connections.linkedSessions()).length;
  }
}
