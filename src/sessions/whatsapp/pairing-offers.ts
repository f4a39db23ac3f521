import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { SessionProcess, type Asked } from '../../platform/processes/session-process.js';
import { Streams } from '../../platform/streams/streams.js';
import { REPORTS, type Reports } from '../reports.contract.js';
import type { SessionView } from '../session-view.contract.js';
import { sessionDecider } from '../session.decider.js';
import { isLive } from '../session-state.rules.js';
import { shouldBeConnected } from '../session.rules.js';

export type QrOffer = { readonly qr: string; readonly expiresAt: string };
export type CodeOffer = { readonly code: string; readonly expiresAt: string };

/** `start` is the number of the session's start that shows it; `endsAtMs` is of the monotonic clock. */
type Offer = (QrOffer | CodeOffer) & { readonly start: number | null; readonly endsAtMs: number };

const endOf = (expiresAt: string): number => performance.now() + Date.parse(expiresAt) - Date.now();

type Shown = Pick<SessionView, 'id' | 'status' | 'reason'>;

const failureOf = ({ status, reason }: Shown): string | null => (status === 'failed' ? reason : null);

/** The QRs and pairing codes that can be used now. They are only in memory: with one of them, anybody could take the session over. */
@Injectable()
export class PairingOffers {
  private readonly offers = new Map<string, Offer>();

  private readonly asked: Asked<{ current: (sessionId: string) => Promise<QrOffer | CodeOffer | undefined> }>;

  constructor(
    @Inject(REPORTS) reports: Reports,
    private readonly streams: Streams,
    sessionProcess: SessionProcess,
  ) {
    this.asked = sessionProcess.offer('pairing', { current: (sessionId) => this.current(sessionId) });
    reports.observe(['qr'], (sessionId, { qr, expiresAt }, start) => {
      this.offers.set(sessionId, { qr, expiresAt, start, endsAtMs: endOf(expiresAt) });
    });
    reports.observe(['pairing_code'], (sessionId, { code, expiresAt }, start) => {
      this.offers.set(sessionId, { code, expiresAt, start, endsAtMs: endOf(expiresAt) });
    });
    reports.observe(['paired', 'open', 'closed'], (sessionId) => {
      this.offers.delete(sessionId);
    });
  }

  /** @throws {DomainError} `no_qr` */
  async qr(session: Shown): Promise<QrOffer> {
    const offer = await this.asked.current(session.id);
    if (offer && 'qr' in offer) return { qr: offer.qr, expiresAt: offer.expiresAt };
    const hint = 'There is no QR to scan at the moment: see the status of the session';
    throw new DomainError('conflict', 'no_qr', failureOf(session) ?? hint);
  }

  /** @throws {DomainError} `no_pairing_code` */
  async code(session: Shown): Promise<CodeOffer> {
    const offer = await this.asked.current(session.id);
    if (offer && 'code' in offer) return { code: offer.code, expiresAt: offer.expiresAt };
    const hint = 'There is no pairing code at the moment: see the status of the session, and how it is paired';
    throw new DomainError('conflict', 'no_pairing_code', failureOf(session) ?? hint);
  }

  /** Once a session is started again or stopped, what its connection showed is void, even before that connection has ended. */
  private async current(sessionId: string): Promise<Offer | undefined> {
    const offer = this.offers.get(sessionId);
    if (!offer || offer.endsAtMs <= performance.now()) return undefined;
    const { state } = await this.streams.state(sessionDecider, sessionId);
    return isLive(state) && shouldBeConnected(state.status) && state.start === offer.start ? offer : undefined;
  }
}
