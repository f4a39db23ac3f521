import QRCode from 'qrcode';
import type { QrOffer } from '../whatsapp/pairing-offers.js';

/** In how many forms a QR can be had: the first is for who does not say. */
export const qrTypes = ['application/json', 'image/png', 'image/svg+xml', 'text/plain'] as const;
export type QrType = (typeof qrTypes)[number];

/** The form that an `Accept` header likes best; the first where it likes none. */
export const preferredQrType = (accept: string | undefined): QrType => {
  const liked = (accept ?? '').split(',').map((part) => {
    const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { range, quality: quality === undefined ? 1 : Number(quality) };
  });
  const best = liked
    .flatMap(({ range, quality }) => {
      const type = qrTypes.find((type) => matches(type, range));
      return type && quality > 0 ? [{ type, quality }] : [];
    })
    .sort((one, other) => other.quality - one.quality)[0];
  return best?.type ?? qrTypes[0];
};

const matches = (type: QrType, range: string): boolean =>
  range === '*/*' || range === type || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));

/** Draws a QR. As text it has the colours of a terminal with it, so that a phone reads it from a dark one as well. */
export const drawQr = async ({ qr, expiresAt }: QrOffer, type: QrType): Promise<QrOffer | Buffer | string> => {
  switch (type) {
    case 'application/json':
      return { qr, expiresAt };
    case 'image/png':
      return QRCode.toBuffer(qr, { type: 'png', scale: 6, margin: 4, errorCorrectionLevel: 'L' });
    case 'image/svg+xml':
      return QRCode.toString(qr, { type: 'svg', margin: 4, errorCorrectionLevel: 'L' });
    case 'text/plain':
      return `${await QRCode.toString(qr, { type: 'terminal', small: true, errorCorrectionLevel: 'L' })}\n`;
  }
};
