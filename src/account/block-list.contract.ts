import { z } from 'zod';
import { event, eventTypes, type EventOf } from '#lib/event-sourcing';

const Block = z.object({
  sessionId: z.uuid(),
  userId: z.uuid(),
  /** The phone number (E.164) of the account that blocks. */
  account: z.string(),
  /** E.164. */
  phoneNumber: z.string().nullable(),
  lid: z.string().nullable(),
});
export type Block = Readonly<z.output<typeof Block>>;

const personal = { personal: { subject: 'userId', fields: ['account', 'phoneNumber', 'lid'] } } as const;

/** Whom the account of a session blocks, whoever changed it: a stream for each session. */
export const blockListEvents = eventTypes('blocklist', {
  PersonBlocked: event(Block.extend({ blockedAt: z.iso.datetime() }), personal),
  PersonUnblocked: event(Block.extend({ unblockedAt: z.iso.datetime() }), personal),
});
export type BlockListEvent = EventOf<typeof blockListEvents>;
