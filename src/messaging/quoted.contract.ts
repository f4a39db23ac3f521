import { z } from 'zod';
import { QuotedContent } from './content/quoted-content.js';

/** The message that another one answers, in the form in which WhatsApp wants it named. */
export const Quoted = z.object({
  messageId: z.uuid(),
  whatsappId: z.string(),
  chat: z.string(),
  fromMe: z.boolean(),
  participant: z.string().nullable(),
  text: z.string(),
  /** Absent where it consists of words alone, and in events that were recorded before 2026-11-29. */
  content: QuotedContent.exactOptional(),
});
export type Quoted = Readonly<z.output<typeof Quoted>>;
