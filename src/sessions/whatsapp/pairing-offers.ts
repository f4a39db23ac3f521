import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { Streams } from '../../platform/streams/streams.js';
import { REPORTS, type Reports } from '../reports.contract.js';
import { isLive, sessionDecider } from '../session.decider.js';
import { shouldBeConnected } from '../session.rules.js';

export type QrOffer = { readonly qr: string; readonly expiresAt: string };
export type CodeOffer = { readonly code: string; readonly expiresAt: string };

/** `start` is the number of the session's start that shows it. */
type Offer = (QrOffer | CodeOffer) & { readonly start: number | null };

/** The QRs and pairing codes that can be used now. They are only in memory: with one of them, anybody could take the session over. */
@Injectable()
export class PairingOffers {
  private readonly offers = new Map<string, Offer>();

  constructor(
    @Inject(REPORTS) reports: Reports,
    private readonly streams: Streams,
  ) {
    reports.observe(['qr'], (sessionId, { qr, expiresAt }, start) => {
      this.offers.set(sessionId, { qr, expiresAt, start });
    });
    reports.observe(['pairing_code'], (sessionId, { code, expiresAt }, start) => {
      this.offers.set(sessionId, { code, expiresAt, start });
    });
    reports.observe(['paired', 'open', 'closed'], (sessionId) => {
      this.offers.delete(sessionId);
    });
  }

  /** @throws {DomainError} `no_qr` */
  async qr(sessionId: string, now: Date): Promise<QrOffer> {
    const offer = await this.current(sessionId, now);
    if (offer && 'qr' in offer) return { qr: offer.qr, expiresAt: offer.expiresAt };
    throw new DomainError('conflict', 'no_qr', 'There is no QR to scan at the moment: see the status of the session');
  }

  /** @throws {DomainError} `no_pairing_code` */
  async code(sessionId: string, now: Date): Promise<CodeOffer> {
    const offer = await this.current(sessionId, now);
    if (offer && 'code' in offer) return { code: offer.code, expiresAt: offer.expiresAt };
    const detail = 'There is no pairing code at the moment: see the status of the session, and how it is paired';
    throw new DomainError('conflict', 'no_pairing_code', detail);
  }

  /** Once a session is started again or stopped, what its connection showed is void, even before that connection has ended. */
  private async current(sessionId: string, now: Date): Promise<Offer | undefined> {
    const offer = this.offers.get(sessionId);
    if (!offer || Date.parse(offer.expiresAt) <= now.getTime()) return undefined;
    const { state } = await this.streams.state(sessionDecider, sessionId);
    return isLive(state) && shouldBeConnected(state.status) && state.start === offer.start ? offer : undefined;
  }
}
