import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { EventSessions } from '../../platform/public-events/event-sessions.js';
import { LiveNews } from '../../platform/public-events/live-news.js';
import { PublicEvents } from '../../platform/public-events/public-events.js';
import { LOG } from '../../platform/tokens.js';
import { Documents } from '../../platform/views/documents.js';
import { shownSession } from '../session-document.rules.js';
import { REPORTS, type Reports } from '../reports.contract.js';
import { sessionDocuments } from '../sessions.projection.js';

type Offer = ({ readonly qr: string } | { readonly code: string }) & { readonly expiresAt: string };

/** Tells live readers of each QR and pairing code the moment that there is one. Neither is in the log. */
@Injectable()
export class PairingNews {
  /** By session, what is shown at the moment: what takes longer to tell than it is shown is not told. */
  private readonly shown = new Map<string, Offer>();

  constructor(
    @Inject(REPORTS) reports: Reports,
    @Inject(LOG) private readonly log: Log,
    private readonly documents: Documents,
    private readonly sessions: EventSessions,
    private readonly publicEvents: PublicEvents,
    private readonly liveNews: LiveNews,
  ) {
    reports.observe(['qr'], (sessionId, { qr, expiresAt }) => this.show(sessionId, { qr, expiresAt }));
    reports.observe(['pairing_code'], (sessionId, { code, expiresAt }) => this.show(sessionId, { code, expiresAt }));
    reports.observe(['paired', 'open', 'closed'], (sessionId) => {
      this.shown.delete(sessionId);
      this.liveNews.forget(aboutPairing(sessionId));
    });
  }

  private show(sessionId: string, offer: Offer): void {
    this.shown.set(sessionId, offer);
    this.tell(sessionId, offer).catch((error: unknown) => {
      this.log.warn({ err: error, sessionId }, 'Live readers could not be told of a new QR or code');
    });
  }

  private async tell(sessionId: string, offer: Offer): Promise<void> {
    const userId = this.sessions.ownerOf(sessionId);
    const session = await this.documents.get(sessionDocuments, sessionId, 0);
    if (userId === undefined || !session) return;
    const about = { userId, sessionId };
    const data = { ...shownSession(session), status: 'awaiting_scan', reason: null };
    const { expiresAt } = offer;
    const body = await this.publicEvents.news(type, about, { ...data, expiresAt });
    const whole = await this.publicEvents.news(type, about, { ...data, ...offer });
    if (this.shown.get(sessionId) !== offer) return;
    const news = { type, ...about, chatId: null, chat: null, body };
    const untilMs = performance.now() + Date.parse(expiresAt) - Date.now();
    this.liveNews.tell(
      { ...news, confidential: { scope: 'sessions:write', body: whole } },
      { about: aboutPairing(sessionId), untilMs },
    );
  }
}

const type = 'session.qr';
const aboutPairing = (sessionId: string): string => `pairing of ${sessionId}`;
