import { z } from 'zod';

/** What WhatsApp answered to the upload of a message's file, and what was made for it. */
export const Upload = z.object({
  url: z.string(),
  directPath: z.string(),
  /** In base64; null where it was uploaded as it is, for a channel. */
  encryptedSha256: z.string().nullable(),
  /** By what a post in a channel names it. */
  handle: z.string().exactOptional(),
  uploadedAt: z.iso.datetime(),
  /** A small JPEG in base64; null where there is none. */
  thumbnail: z.string().nullable(),
  /** 64 bytes in base64; null where there is none. */
  waveform: z.string().nullable(),
});
export type Upload = Readonly<z.output<typeof Upload>>;
