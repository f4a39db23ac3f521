import type { proto } from '@whiskeysockets/baileys';
import { contentLimits } from '../content.js';
import type { ReceivedMessage, Referral } from '../reports.js';
import { lineOf, messageIdOf, textOf, urlOf } from './content/bounded.js';

type Context = Pick<ReceivedMessage, 'replyTo' | 'mentions' | 'referral' | 'forwarded'>;

/** The message that is replied to, the people who are mentioned, the ad that led here, and whether it is forwarded. Every kind of content may carry this. */
export const contextFromWhatsApp = (message: proto.IMessage): Context => {
  const context = Object.values(message)
    .map((part: unknown) => (part as { contextInfo?: proto.IContextInfo | null } | null)?.contextInfo)
    .find(Boolean);
  return {
    replyTo: context?.stanzaId ? messageIdOf(context.stanzaId) : null,
    mentions: (context?.mentionedJid ?? []).filter((jid) => address.test(jid)).slice(0, contentLimits.mentions),
    referral: context?.externalAdReply ? referralFrom(context.externalAdReply) : null,
    forwarded: context?.isForwarded === true,
  };
};

const address = /^[\w.:-]{1,64}@[\w.]{1,32}$/;

/** Programs also use this field for previews of links, which name no ad. */
const referralFrom = (ad: proto.ContextInfo.IExternalAdReplyInfo): Referral | null => {
  if (!ad.sourceId && !ad.ctwaClid && ad.sourceType !== 'ad') return null;
  return {
    sourceType: lineOf(ad.sourceType),
    sourceId: lineOf(ad.sourceId),
    sourceUrl: urlOf(ad.sourceUrl),
    headline: lineOf(ad.title),
    body: textOf(ad.body),
    ctwaClid: lineOf(ad.ctwaClid),
  };
};
