const firstQrMs = 60_000;
const furtherQrMs = 20_000;
const qrsInAll = 6;

type PairingOffer =
  | { readonly show: 'qr'; readonly validForMs: number }
  | { readonly show: 'code'; readonly phoneNumber: string; readonly validForMs: number };

/** The time in which a session that is not linked can be: as long as its six QR codes last, one after the other. */
export class PairingWindow {
  private shown = 0;
  private closesAt = 0;
  private codeTaken = false;

  /** With a number, a code for that phone takes the place of the QRs. `qrMs` is how long each lasts, where it is not WhatsApp's own. */
  constructor(
    private readonly byCodeFor: string | undefined,
    private readonly qrMs: number | undefined,
  ) {}

  /** Somebody may link the session now, and nobody did yet. */
  get isOpen(): boolean {
    return this.shown > 0;
  }

  /** The server gave the next QR: what to show, and how long it can be used. `now` is of the monotonic clock, in milliseconds. */
  next(now: number): PairingOffer | undefined {
    const [first, further] = [this.qrMs ?? firstQrMs, this.qrMs ?? furtherQrMs];
    const inAllMs = first + (qrsInAll - 1) * further;
    const isFirst = this.shown === 0;
    if (isFirst) this.closesAt = now + inAllMs;
    this.shown += 1;
    if (this.byCodeFor === undefined) return { show: 'qr', validForMs: isFirst ? first : further };
    if (this.codeTaken) return undefined;
    this.codeTaken = true;
    return { show: 'code', phoneNumber: this.byCodeFor, validForMs: this.closesAt - now };
  }

  /** It was open, and its time (milliseconds) is up. */
  isOver(now: number): boolean {
    return this.isOpen && now > this.closesAt;
  }

  close(): void {
    this.shown = 0;
  }
}
