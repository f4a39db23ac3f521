import { z } from 'zod';
import { contentLimits, type QuotedContent as Content } from '#lib/whatsapp';
import { location } from './location.content.js';
import { mediaForm } from './media-reference.js';
import { poll } from './poll.content.js';
import { line } from './received-values.js';

const media = z.object({
  type: z.enum(['image', 'video', 'audio', 'document', 'sticker']),
  form: mediaForm,
  mimeType: line.nullable(),
  fileName: line.nullable(),
  seconds: z.int().min(0).nullable(),
  viewOnce: z.boolean(),
});

const contact = z.object({
  type: z.literal('contact'),
  names: z.array(line).max(contentLimits.contacts).readonly(),
});

/** What a reply shows of the message that it answers, where that is no text. */
export const QuotedContent = z.discriminatedUnion('type', [
  media,
  contact,
  location.received,
  poll.received,
]) satisfies z.ZodType<Content>;
