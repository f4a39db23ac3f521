import { z } from 'zod';
import type { Media } from '../media.contract.js';
import { expiryOf, type Retention } from '../retention.rules.js';

/** A file as the API shows it. */
export const StoredMedia = z
  .object({
    id: z.uuid(),
    mimeType: z.string().describe('Read from the content.'),
    size: z.int().describe('In bytes.'),
    sha256: z.string().describe('Of the content, in hexadecimal.'),
    fileName: z.string().nullable(),
    width: z.int().nullable().describe('In pixels, of pictures and some videos.'),
    height: z.int().nullable(),
    seconds: z.int().nullable().describe('How long a sound or video plays.'),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso
      .datetime()
      .nullable()
      .describe(
        'From then on it may be removed, unless a message that is not sent yet needs it, or a pending delivery to a webhook names it. Earlier where room is short. Null: it is kept.',
      ),
  })
  .meta({
    id: 'Media',
    description: 'A file. The same content is stored once, whatever files have it.',
    examples: [
      {
        id: '0199a3c4-1f00-7000-8000-0000000000e1',
        mimeType: 'image/jpeg',
        size: 48_213,
        sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        fileName: 'shop.jpg',
        width: 1280,
        height: 960,
        seconds: null,
        createdAt: '2026-11-28T10:00:00.000Z',
        expiresAt: '2026-12-28T10:00:00.000Z',
      },
    ],
  });
type StoredMedia = z.output<typeof StoredMedia>;

export const presentMedia = (media: Media, retention: Retention): StoredMedia => ({
  id: media.mediaId,
  mimeType: media.mimeType,
  size: media.size,
  sha256: media.sha256,
  fileName: media.fileName,
  width: media.width,
  height: media.height,
  seconds: media.seconds,
  createdAt: media.storedAt,
  expiresAt: expiryOf(media.storedAt, retention),
});
