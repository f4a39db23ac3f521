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

const Addressed = z.object({ jid: z.string(), phoneNumber: z.string().nullable(), lid: z.string().nullable() });
const sealed = { payload: z.string(), iv: z.string() };

const SealedEdit = z.object({
  kind: z.literal('sealed_edit'),
  whatsappId: z.string(),
  edit: z.object({ sender: Addressed, ...sealed }),
});

const SealedVote = z.object({
  kind: z.literal('sealed_vote'),
  whatsappId: z.string(),
  vote: z.object({
    /** Of the poll. */
    author: Addressed,
    voter: Addressed,
    ...sealed,
    votedAt: z.iso.datetime(),
    castAt: z.iso.datetime().nullable(),
  }),
});

/** A change that is encrypted under the secret of its message, whose WhatsApp id it names, and whose it is. */
export const SealedChange = z.discriminatedUnion('kind', [SealedEdit, SealedVote]);
export type SealedChange = Readonly<z.output<typeof SealedChange>>;

/** What was changed before the message itself arrived. */
export const Change = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('edit'),
    content: ReceivedContent,
    mentions: z.array(z.string()).readonly(),
    madeAt: z.iso.datetime().exactOptional(),
  }),
  SealedEdit,
  SealedVote,
  z.object({ kind: z.literal('revocation') }),
  z.object({ kind: z.literal('reaction'), from: z.string(), emoji: z.string().nullable() }),
]);
export type Change = Readonly<z.output<typeof Change>>;
