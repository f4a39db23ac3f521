import { z } from 'zod';

const sessionId = z.uuid().exactOptional().describe('May be left out if you have one session.');
const person = { phoneNumber: '+491701234567', lid: '338412907716533@lid' };

export const OfSession = z.strictObject({ sessionId });

export const ToBlock = z
  .strictObject({
    sessionId,
    number: z
      .string()
      .min(1)
      .max(100)
      .describe('A phone number with its country code, or an address that WhatsApp named.'),
  })
  .meta({ id: 'ToBlock', examples: [{ number: '+49 170 1234567' }] });

export const BlockedPerson = z
  .object({
    phoneNumber: z.string().nullable().describe('E.164, where WhatsApp has told it.'),
    lid: z.string().nullable(),
  })
  .meta({ id: 'BlockedPerson', examples: [person] });

export const BlockList = z
  .object({ data: z.array(BlockedPerson), next: z.null().describe('All of them are in one answer.') })
  .meta({ id: 'BlockList', examples: [{ data: [person], next: null }] });
