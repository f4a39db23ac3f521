const firstQrLifetimeMs = 60_000;
const furtherQrLifetimeMs = 20_000;
const qrCount = 6;

type PairingOffer =
  | { readonly show: 'qr'; readonly validForMs: number }
  | { readonly show: 'code'; readonly phoneNumber: string; readonly validForMs: number };

/**
 * The time in which a session can be linked: as long as its six QR codes are valid, one after the other. `now` is always of the monotonic
 * clock, in milliseconds.
 */
export class PairingWindow {
  private shown = 0;
  private closesAt = 0;
  private codeTaken = false;

  /** With a phone number, a code for that phone replaces the QRs. `qrLifetimeMs` replaces WhatsApp's own lifetimes. */
  constructor(
    private readonly byCodeFor: string | undefined,
    private readonly qrLifetimeMs: number | undefined,
  ) {}

  /** The session can be linked now, and is not linked yet. */
  get isOpen(): boolean {
    return this.shown > 0;
  }

  /** What to show for the next QR of the server, and how long it is valid; undefined where there is nothing new to show. */
  next(now: number): PairingOffer | undefined {
    const firstMs = this.qrLifetimeMs ?? firstQrLifetimeMs;
    const furtherMs = this.qrLifetimeMs ?? furtherQrLifetimeMs;
    const isFirst = this.shown === 0;
    if (isFirst) this.closesAt = now + firstMs + (qrCount - 1) * furtherMs;
    this.shown += 1;
    if (this.byCodeFor === undefined) return { show: 'qr', validForMs: isFirst ? firstMs : furtherMs };
    if (this.codeTaken) return undefined;
    this.codeTaken = true;
    return { show: 'code', phoneNumber: this.byCodeFor, validForMs: this.closesAt - now };
  }

  hasExpired(now: number): boolean {
    return this.isOpen && now > this.closesAt;
  }

  /** The session was linked. */
  close(): void {
    this.shown = 0;
  }
}
