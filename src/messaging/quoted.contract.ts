import { z } from 'zod';

/** The message that another one answers, in the form in which WhatsApp wants it named. */
export const Quoted = z.object({
  messageId: z.uuid(),
  whatsappId: z.string(),
  chat: z.string(),
  fromMe: z.boolean(),
  participant: z.string().nullable(),
  text: z.string(),
});
export type Quoted = Readonly<z.output<typeof Quoted>>;
