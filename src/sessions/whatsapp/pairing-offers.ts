import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import type { Report } from '#lib/whatsapp';

export type QrOffer = { readonly qr: string; readonly expiresAt: string };
export type CodeOffer = { readonly code: string; readonly expiresAt: string };

/** What a phone can be shown right now to link a session. Only in memory: whoever reads it could take the session over. */
@Injectable()
export class PairingOffers {
  private readonly offers = new Map<string, QrOffer | CodeOffer>();

  note(sessionId: string, report: Report): void {
    switch (report.kind) {
      case 'qr':
        return void this.offers.set(sessionId, { qr: report.qr, expiresAt: report.expiresAt });
      case 'pairing_code':
        return void this.offers.set(sessionId, { code: report.code, expiresAt: report.expiresAt });
      case 'paired':
      case 'open':
      case 'closed':
        return void this.offers.delete(sessionId);
      default:
    }
  }

  /** What there was is good for nothing any more, though the connection may not know yet. */
  forget(sessionId: string): void {
    this.offers.delete(sessionId);
  }

  /** @throws {DomainError} `no_qr` */
  qr(sessionId: string, now: Date): QrOffer {
    const offer = this.current(sessionId, now);
    if (offer && 'qr' in offer) return offer;
    throw new DomainError('conflict', 'no_qr', 'There is no QR to scan at the moment: see the status of the session');
  }

  /** @throws {DomainError} `no_pairing_code` */
  code(sessionId: string, now: Date): CodeOffer {
    const offer = this.current(sessionId, now);
    if (offer && 'code' in offer) return offer;
    const detail = 'There is no pairing code at the moment: see the status of the session, and how it is paired';
    throw new DomainError('conflict', 'no_pairing_code', detail);
  }

  private current(sessionId: string, now: Date): QrOffer | CodeOffer | undefined {
    const offer = this.offers.get(sessionId);
    return offer && Date.parse(offer.expiresAt) > now.getTime() ? offer : undefined;
  }
}
