import type { GroupMetadata } from '@whiskeysockets/baileys';
import { bareJid, isGroup, jidOf } from '../addresses.js';
import type { Mentions } from '../content.js';
import type { OutgoingMessage } from '../port.js';
import type { Report } from '../reports.js';

/** Answers the group with this jid. */
export type GroupOf = (jid: string) => Promise<Members>;
type Members = Pick<GroupMetadata, 'participants'>;

/**
 * The jids of those whom a message mentions. Each group addresses its members either by LID or by phone number, and their phones recognize
 * themselves only in that form.
 */
export const mentionedIn = async (
  { content, to }: Pick<OutgoingMessage, 'content' | 'to'>,
  groupOf: GroupOf,
): Promise<readonly string[]> => {
  const { mentions = [], mentionAll = false } = mentionsOf(content);
  const named = mentions.map((each) => (each.includes('@') ? each : jidOf(each)));
  if (!isGroup(to) || (named.length === 0 && !mentionAll)) return named;
  const { participants } = await groupOf(to);
  const members = participants.map(({ id }) => bareJid(id));
  const known = new Map(
    participants.flatMap(({ id, lid, phoneNumber }) =>
      [id, lid, phoneNumber].flatMap((jid) => (jid ? [[bareJid(jid), bareJid(id)] as const] : [])),
    ),
  );
  const asMembers = named.map((jid) => known.get(jid) ?? jid);
  return [...new Set([...asMembers, ...(mentionAll ? members : [])])];
};

const mentionsOf = (content: OutgoingMessage['content']): Mentions => {
  if (content.type === 'edit') return content.text;
  return content.type === 'text' || 'upload' in content ? content : {};
};

/** A report that names those whom it mentions by phone number, where their group tells the numbers of LIDs. */
export const withNumbers = (report: Report, knownGroup: (jid: string) => Members | undefined): Report => {
  if (report.kind === 'edited')
    return { ...report, mentions: numbered(report.mentions, report.message.chat.jid, knownGroup) };
  if (report.kind !== 'message') return report;
  const { message } = report;
  return { ...report, message: { ...message, mentions: numbered(message.mentions, message.chat.jid, knownGroup) } };
};

const numbered = (
  mentions: readonly string[],
  chat: string,
  knownGroup: (jid: string) => Members | undefined,
): readonly string[] => {
  const group = mentions.length > 0 ? knownGroup(chat) : undefined;
  if (!group) return mentions;
  const numbers = new Map(group.participants.map(({ id, phoneNumber }) => [bareJid(id), phoneNumber]));
  return mentions.map((jid) => {
    const number = numbers.get(bareJid(jid));
    return number ? bareJid(number) : jid;
  });
};
