import Negotiator from 'negotiator';
import type { QrOffer } from '../whatsapp/pairing-offers.js';

/** The forms that a QR can be had in; the first is the default. */
const qrTypes = ['application/json', 'image/png', 'image/svg+xml', 'text/plain'] as const;
type QrType = (typeof qrTypes)[number];

/** The form that an `Accept` header prefers; the default where it accepts none of them. */
export const preferredQrType = (accept: string | undefined): QrType => {
  const preferred = new Negotiator({ headers: { accept } }).mediaType([...qrTypes]);
  return qrTypes.find((type) => type === preferred) ?? qrTypes[0];
};

/** Draws a QR. The text sets the colours of the terminal, so that a phone can read it from a dark one, too. */
export const drawQr = async ({ qr, expiresAt }: QrOffer, type: QrType): Promise<QrOffer | Buffer | string> => {
  if (type === 'application/json') return { qr, expiresAt };
  const { default: QRCode } = await import('qrcode');
  switch (type) {
    case 'image/png':
      return QRCode.toBuffer(qr, { type: 'png', scale: 6, margin: 4, errorCorrectionLevel: 'L' });
    case 'image/svg+xml':
      return QRCode.toString(qr, { type: 'svg', margin: 4, errorCorrectionLevel: 'L' });
    case 'text/plain':
      return `${await QRCode.toString(qr, { type: 'terminal', small: true, errorCorrectionLevel: 'L' })}\n`;
  }
};
