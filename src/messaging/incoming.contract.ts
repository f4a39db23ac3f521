import { z } from 'zod';
import { ReceivedContent } from './content.contract.js';

/** The ad through which somebody wrote, in WhatsApp's own words. */
export const Referral = z
  .object({
    sourceType: z.string().nullable(),
    sourceId: z.string().nullable(),
    sourceUrl: z.string().nullable(),
    headline: z.string().nullable(),
    body: z.string().nullable(),
    ctwaClid: z.string().nullable(),
  })
  .meta({
    id: 'Referral',
    description: 'The ad through which somebody wrote. `ctwaClid` is the id of the click on a click-to-WhatsApp ad.',
  });
export type Referral = Readonly<z.output<typeof Referral>>;

/** An edit that is encrypted under the secret of its message, and who wrote it. */
export const SealedEdit = z.object({
  sender: z.object({ jid: z.string(), phoneNumber: z.string().nullable(), lid: z.string().nullable() }),
  payload: z.string(),
  iv: z.string(),
});
export type SealedEdit = Readonly<z.output<typeof SealedEdit>>;

/** What was changed before the message itself arrived. */
export const Change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('edit'), content: ReceivedContent, mentions: z.array(z.string()).readonly() }),
  z.object({ kind: z.literal('sealed_edit'), whatsappId: z.string(), edit: SealedEdit }),
  z.object({ kind: z.literal('revocation') }),
  z.object({ kind: z.literal('reaction'), from: z.string(), emoji: z.string().nullable() }),
]);
export type Change = Readonly<z.output<typeof Change>>;
