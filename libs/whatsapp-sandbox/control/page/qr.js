const maxSidePixels = 1_600;
/** Served by the same server. */
const qrDecoderUrl = './vendor/qr/decode.js';

/**
 * Decodes the QR code in a picture. Throws if there is none.
 * @param {Blob} picture
 * @returns {Promise<string>}
 */
export async function readQr(picture) {
  const bitmap = await createImageBitmap(picture).catch(() => {
    throw new Error('The browser cannot read this picture.');
  });
  const text = (await readNatively(bitmap)) ?? (await readHere(bitmap));
  if (text === undefined) throw new Error('No QR code found in the picture. Try a sharper or closer one.');
  return text;
}

/** Uses the browser's decoder, if there is one. @param {ImageBitmap} bitmap */
async function readNatively(bitmap) {
  if (!('BarcodeDetector' in globalThis)) return undefined;
  // @ts-expect-error not in the types of the DOM
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  const [code] = await detector.detect(bitmap).catch(() => []); // exists without any formats on some systems
  return /** @type {string | undefined} */ (code?.rawValue);
}

/** @param {ImageBitmap} bitmap */
async function readHere(bitmap) {
  const scale = Math.min(1, maxSidePixels / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [Math.round(bitmap.width * scale), Math.round(bitmap.height * scale)];
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The browser cannot process pictures.');
  context.drawImage(bitmap, 0, 0, width, height);
  const { decodeQR } = /** @type {typeof import('qr/decode.js')} */ (await import(qrDecoderUrl));
  try {
    return decodeQR({ width, height, data: context.getImageData(0, 0, width, height).data });
  } catch {
    return undefined; // thrown if there is no code
  }
}
