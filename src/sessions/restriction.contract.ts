import { z } from 'zod';

/** Something that WhatsApp forbids an account for a time. */
export const SessionRestriction = z.object({
  kind: z
    .enum(['time_lock', 'new_chat_cap'])
    .describe(
      '`time_lock`: the account must not write to people who never wrote. `new_chat_cap`: it must not write to further ones of them.',
    ),
  until: z.iso.datetime().nullable().describe('When it ends; null where WhatsApp does not say.'),
  detail: z.string().describe('A sentence.'),
});
export type SessionRestriction = Readonly<z.output<typeof SessionRestriction>>;

/** Those that hold at a time (ISO 8601). */
export const restrictionsAt = (
  restrictions: readonly SessionRestriction[],
  at: string,
): readonly SessionRestriction[] => restrictions.filter(({ until }) => until === null || until > at);
