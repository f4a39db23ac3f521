import { z } from 'zod';
import type { SendableContent } from '../../phone/content/content.js';
import { file, fileOf, text } from './outgoing.js';

/** What the owner of a channel posts there. */
export const outgoingPost = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('text'), text }),
    z.strictObject({ type: z.literal('image'), image: file }),
    z.strictObject({ type: z.literal('video'), video: file }),
    z.strictObject({ type: z.literal('audio'), audio: file }),
    z.strictObject({ type: z.literal('document'), document: file }),
    z.strictObject({ type: z.literal('sticker'), sticker: file }),
  ])
  .meta({
    id: 'OutgoingPost',
    examples: [
      { type: 'text', text: 'Open late' },
      { type: 'image', image: { data: 'iVBORw0KGgo=', mimeType: 'image/png', caption: 'New' } },
    ],
  });

export function toPost(body: z.output<typeof outgoingPost>): SendableContent {
  switch (body.type) {
    case 'text':
      return body;
    case 'image':
      return { type: 'image', ...fileOf(body.image) };
    case 'video':
      return { type: 'video', ...fileOf(body.video) };
    case 'audio':
      return { type: 'audio', ...fileOf(body.audio) };
    case 'document':
      return { type: 'document', ...fileOf(body.document) };
    case 'sticker':
      return { type: 'sticker', ...fileOf(body.sticker) };
  }
}
