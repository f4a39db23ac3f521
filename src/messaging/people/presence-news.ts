import { Inject, Injectable } from '@nestjs/common';
import { rootOf } from '#lib/read-models';
import type { Log } from '#lib/subscriptions';
import { EventSessions } from '../../platform/public-events/event-sessions.js';
import { LiveNews } from '../../platform/public-events/live-news.js';
import { PublicEvents } from '../../platform/public-events/public-events.js';
import type { Stores } from '../../platform/stores.js';
import { LOG, STORES } from '../../platform/tokens.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../sessions/connection-status.contract.js';
import { REPORTS, type ReportOf, type Reports } from '../../sessions/reports.contract.js';
import { chatIdOf } from '../chat-id.contract.js';
import { knownAddresses } from './known-addresses.js';
import type { ChatPresence } from './people.public-events.js';

const type = 'chat.presence';

/** Tells live readers what other people are doing, the moment that WhatsApp tells it. It is not in the log. */
@Injectable()
export class PresenceNews {
  constructor(
    @Inject(REPORTS) reports: Reports,
    @Inject(CONNECTION_STATUS) private readonly connections: ConnectionStatus,
    @Inject(STORES) private readonly stores: Stores,
    @Inject(LOG) private readonly log: Log,
    private readonly sessions: EventSessions,
    private readonly publicEvents: PublicEvents,
    private readonly liveNews: LiveNews,
  ) {
    reports.observe(['presence'], (sessionId, report) => {
      this.tell(sessionId, report).catch((error: unknown) => {
        this.log.warn({ err: error, sessionId }, 'Live readers could not be told of a presence');
      });
    });
  }

  private async tell(sessionId: string, { chat, person, presence }: ReportOf<'presence'>): Promise<void> {
    const userId = this.sessions.ownerOf(sessionId);
    const account = this.connections.account(sessionId);
    if (userId === undefined || account === undefined) return;
    const own = chatIdOf(sessionId, account, chat.jid);
    const known = await knownAddresses(this.stores.models, [own]);
    const chatId = rootOf(own, new Map([...known].map(([id, { chatId: lead }]) => [id, lead])));
    const { phoneNumber, lid } = person;
    const data: ChatPresence = { chatId, chat: chat.jid, phoneNumber, lid, ...presence };
    const about = { userId, sessionId };
    const body = await this.publicEvents.news(type, about, data);
    this.liveNews.tell({ type, ...about, chatId, chat: chat.jid, body });
  }
}
