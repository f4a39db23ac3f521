import { z } from 'zod';

/** A person on WhatsApp, as far as WhatsApp has named them. */
export const MessagePerson = z.object({
  /** E.164. */
  phoneNumber: z.string().nullable(),
  /** `…@lid`, without a device. */
  lid: z.string().nullable(),
});
