import { z } from 'zod';

/** What a message of ours says. Mentions are phone numbers (E.164) or LIDs; the body names each as `@` and its digits. */
export const OutgoingContent = z.object({
  type: z.literal('text'),
  body: z.string(),
  mentions: z.array(z.string()).readonly(),
});
export type OutgoingContent = Readonly<z.output<typeof OutgoingContent>>;

const mediaKinds = ['image', 'video', 'audio', 'document', 'sticker'] as const;

const media = z.object({
  type: z.enum(mediaKinds),
  /** Where the file lies, and the key to it: whoever has this can read the file. */
  media: z.object({
    kind: z.enum(mediaKinds),
    url: z.string().nullable(),
    directPath: z.string().nullable(),
    mediaKey: z.string(),
    sha256: z.string().nullable(),
  }),
  mimeType: z.string().nullable(),
  caption: z.string().nullable(),
  fileName: z.string().nullable(),
  size: z.number().nullable(),
  voice: z.boolean(),
});

/** What a message from WhatsApp says; `unsupported` is a kind that is not known here. */
export const ReceivedContent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), body: z.string() }),
  media,
  z.object({
    type: z.literal('location'),
    latitude: z.number(),
    longitude: z.number(),
    name: z.string().nullable(),
    address: z.string().nullable(),
  }),
  z.object({ type: z.literal('contact'), name: z.string(), vcard: z.string() }),
  z.object({
    type: z.literal('poll'),
    question: z.string(),
    options: z.array(z.string()).readonly(),
    multiple: z.boolean(),
  }),
  z.object({ type: z.literal('unsupported') }),
]);
export type ReceivedContent = Readonly<z.output<typeof ReceivedContent>>;

export const messageTypes = ['text', ...mediaKinds, 'location', 'contact', 'poll', 'unsupported'] as const;
export type MessageType = (typeof messageTypes)[number];
