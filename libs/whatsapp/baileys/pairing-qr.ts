import { randomBytes } from 'node:crypto';
import type { AuthenticationCreds } from '@whiskeysockets/baileys';

const secretBytes = 32;
/** Of the secret, among the comma-separated parts of a QR. */
const secretIndex = 3;

export type ShownQr = { readonly qr: string; readonly expiresAt: string };

/** The QR of one connection that is waiting to be linked. */
export class PairingQr {
  private shown: ShownQr | undefined;

  constructor(private readonly creds: AuthenticationCreds) {}

  /** The QR of Baileys, with the present secret: Baileys keeps to the secret that it began with. */
  show(shown: ShownQr): ShownQr {
    this.shown = shown;
    const parts = shown.qr.split(',');
    parts[secretIndex] = this.creds.advSecretKey;
    return { ...shown, qr: parts.join(',') };
  }

  /** WhatsApp asked for a new secret: the present QR with one; undefined where none is shown. A phone can only use the new one. */
  renew(): ShownQr | undefined {
    if (!this.shown) return undefined;
    this.creds.advSecretKey = randomBytes(secretBytes).toString('base64');
    return this.show(this.shown);
  }
}
