const maxSidePixels = 1_600;
/** Served beside this page. */
const qrDecoderUrl = './vendor/qr/decode.js';

/**
 * The text of the QR code in a picture. Throws when there is none that can be read.
 * @param {Blob} picture
 * @returns {Promise<string>}
 */
export async function readQr(picture) {
  const bitmap = await createImageBitmap(picture).catch(() => {
    throw new Error('This is no picture that the browser can read.');
  });
  const text = (await readNatively(bitmap)) ?? (await readHere(bitmap));
  if (text === undefined) throw new Error('No QR code was found in the picture. Try a sharper or closer one.');
  return text;
}

/** With the browser's own reader, where there is one. @param {ImageBitmap} bitmap */
async function readNatively(bitmap) {
  if (!('BarcodeDetector' in globalThis)) return undefined;
  // @ts-expect-error not in the types of the DOM
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  const [code] = await detector.detect(bitmap).catch(() => []); // it is there and has no formats on some systems
  return /** @type {string | undefined} */ (code?.rawValue);
}

/** @param {ImageBitmap} bitmap */
async function readHere(bitmap) {
  const scale = Math.min(1, maxSidePixels / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [Math.round(bitmap.width * scale), Math.round(bitmap.height * scale)];
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The browser cannot look into pictures.');
  context.drawImage(bitmap, 0, 0, width, height);
  const { decodeQR } = /** @type {typeof import('qr/decode.js')} */ (await import(qrDecoderUrl));
  try {
    return decodeQR({ width, height, data: context.getImageData(0, 0, width, height).data });
  } catch {
    return undefined; // that is how it says that it found none
  }
}
