import { z } from 'zod';
import { parseRecipient, readPhoneNumber, type Mentions } from '#lib/whatsapp';

const maxMentions = 100;

/** A phone number or LID in the form in which events have it; undefined for anything else. */
const personOf = (mention: string): string | undefined => {
  const recipient = parseRecipient(mention);
  if (recipient?.kind === 'person') return recipient.phoneNumber;
  return recipient?.kind === 'lid' ? recipient.jid : undefined;
};

const problemOf = (mention: unknown): string => {
  if (typeof mention !== 'string' || mention.includes('@')) {
    return 'Must be a phone number, or the address of a person: …@s.whatsapp.net or …@lid';
  }
  return readPhoneNumber(mention).problem ?? 'Must be a phone number';
};

const mention = z
  .string()
  .max(100)
  .refine((text) => personOf(text) !== undefined, { error: ({ input }) => problemOf(input) });

/** How a message is requested to mention people: fields beside its words. */
export const newMentions = {
  mentions: z
    .array(mention)
    .max(maxMentions)
    .exactOptional()
    .describe(
      'Phone numbers or LIDs of the people who are mentioned: their phones notify them. For a name to be shown, the words have to contain `@` and ' +
        'the digits of the address by which the chat knows the person: most groups know people by LID. They are sent as they are.',
    ),
  mentionAll: z
    .boolean()
    .exactOptional()
    .describe(
      'Mentions everybody who is in the group when the message is sent; in groups only. The words need not name anybody.',
    ),
};

/** The same in the events; left out where nobody is mentioned. */
export const recordedMentions = {
  /** Phone numbers (E.164) or LIDs. */
  mentions: z.array(z.string()).readonly().exactOptional(),
  mentionAll: z.literal(true).exactOptional(),
};

/** The same as the API shows it. */
export const shownMentions = {
  mentions: z
    .array(z.string())
    .optional()
    .describe('Those whom it mentions: phone numbers where they are known, else addresses.'),
  mentionAll: z.boolean().optional().describe('It mentions everybody in the group.'),
};

type Recorded = { readonly mentions?: readonly string[]; readonly mentionAll?: true };

/** Those that are requested, as the events have them: each person once. */
export const requestedMentions = ({ mentions = [], mentionAll }: Mentions): Recorded => ({
  ...(mentions.length > 0 && { mentions: [...new Set(mentions.map((each) => personOf(each) ?? each))] }),
  ...(mentionAll && { mentionAll: true }),
});

export const mentionsShown = ({ mentions = [], mentionAll }: Mentions): { mentions?: string[]; mentionAll?: true } => ({
  ...(mentions.length > 0 && { mentions: [...mentions] }),
  ...(mentionAll && { mentionAll: true }),
});

/** What is left of them in another chat: who is in the group means nothing there. */
export const forwardedMentions = ({ mentions = [] }: Mentions): Recorded => (mentions.length > 0 ? { mentions } : {});

/** A content that mentions nobody: where WhatsApp shows no mentions. */
export const mentioningNobody = <Content extends object>(content: Content): Content => {
  const { mentions: _mentions, mentionAll: _mentionAll, ...rest } = content as Content & Partial<Mentions>;
  return rest as unknown as Content;
};
