import {
  cleanMessage,
  decryptMessageNode,
  type BinaryNode,
  type SignalRepositoryWithLIDStore,
  type WAMessage,
} from '@whiskeysockets/baileys';
import type { UnreadableContent } from '../content/unreadable.js';
import type { Report } from '../reports.js';
import type { DecryptedMessage } from './arrival-journal.js';
import { isChannel } from '../addresses.js';
import { postRevoked, reportFromWhatsApp, unreadableReport, type Reading } from './from-whatsapp.js';
import type { BaileysLogger } from './logger.js';
import { childrenOf } from './nodes.js';

type Parts = Pick<Reading, 'me' | 'secrets'> & { readonly logger: BaileysLogger };

/** The report of a decrypted message, parsed as Baileys parses it; undefined where there is nothing to report. */
export const reportFromArrival = async (
  { attrs, nodes }: DecryptedMessage,
  parts: Parts,
): Promise<Report | undefined> => {
  const stanza = { tag: 'message', attrs, content: [...nodes] };
  const reading = parsed(stanza, parts);
  await reading.decrypt();
  const { fullMessage } = reading;
  if (!fullMessage.message) return unreadReport(stanza, parts); // what was decrypted is no message in WhatsApp's form
  return isCleaned(fullMessage, parts.me) ? reportFromWhatsApp(fullMessage, readingOf(stanza, parts)) : undefined;
};

/**
 * The report of a message of which nothing was decrypted. Undefined where it is not for people, as far as its envelope tells: keys, reactions,
 * votes, changes of other messages.
 */
export const unreadReport = (stanza: BinaryNode, parts: Parts): Report | undefined => {
  const { from = '', type = 'text', category, edit } = stanza.attrs;
  const isForPeople = category !== 'peer' && edit === undefined && (typesForPeople.has(type) || isNewPoll(stanza));
  if (!isForPeople || isChannel(from)) return undefined;
  try {
    const { fullMessage } = parsed(stanza, parts);
    cleanMessage(fullMessage, parts.me.jid, parts.me.lid ?? '');
    return unreadableReport(fullMessage, reasonOf(stanza), readingOf(stanza, parts));
  } catch {
    return undefined; // not even the envelope is one
  }
};

/** WhatsApp's marks of what the admins of a channel do with a post: the stanza has the id of the post. */
const edits = '3';
const deletes = '8';

/**
 * The report of a post in a channel, which is not encrypted, or of its edit or deletion; undefined where there is nothing to report. A post can
 * change nothing but the post with its own id: whoever owns the channel writes all of it, and may name any message.
 */
export const reportFromPost = async (stanza: BinaryNode, parts: Parts): Promise<Report | undefined> => {
  const { edit, t = '' } = stanza.attrs;
  if (edit !== deletes && !saysSomething(stanza)) return undefined;
  const changedAt = childrenOf(stanza).find(({ tag }) => tag === 'meta')?.attrs['msg_edit_t'] ?? t;
  const reading = parsed(stanza, parts);
  await reading.decrypt();
  const { fullMessage } = reading;
  if (!isCleaned(fullMessage, parts.me)) return undefined;
  const how = readingOf(stanza, parts);
  const report = edit === deletes ? postRevoked(fullMessage, how) : reportFromWhatsApp(fullMessage, how);
  if (report?.kind === 'message' && edit === edits) {
    const { content, mentions, key, account, chat, sender, pushName, verifiedName, sentAt, wasWaiting } =
      report.message;
    const message = { key, account, chat, sender, pushName, verifiedName, sentAt, wasWaiting };
    return namedApart({ kind: 'edited', message, whatsappId: key.whatsappId, content, mentions }, changedAt);
  }
  if (report?.kind === 'message') return report;
  const isChange = report?.kind === 'edited' || report?.kind === 'revoked';
  return isChange && report.whatsappId === report.message.key.whatsappId ? namedApart(report, changedAt) : undefined;
};

const saysSomething = (stanza: BinaryNode): boolean =>
  childrenOf(stanza).some(
    ({ tag, content }) => tag === 'plaintext' && content instanceof Uint8Array && content.length > 0,
  );

/** All changes of a post have its id: they are told apart by their time. */
const namedApart = (report: Extract<Report, { readonly kind: 'edited' | 'revoked' }>, time: string): Report => {
  const { message } = report;
  const whatsappId = `${message.key.whatsappId} ${report.kind} ${time}`;
  return { ...report, message: { ...message, key: { ...message.key, whatsappId } } };
};

/** The same stanza without what was posted: enough to confirm it. Baileys makes an empty message of it. */
export const withoutPost = (stanza: BinaryNode): BinaryNode => ({
  ...stanza,
  content: [{ tag: 'plaintext', attrs: {}, content: new Uint8Array() }],
});

/** Whether WhatsApp has left out what was written: it is for the phone only. */
export const isWithheld = (stanza: BinaryNode): boolean => reasonOf(stanza) !== 'undecrypted';

const typesForPeople: ReadonlySet<string> = new Set(['text', 'media']);

/** Polls and the votes on them are of one type. */
const isNewPoll = (stanza: BinaryNode): boolean =>
  stanza.attrs['type'] === 'poll' && childrenOf(stanza).some(({ attrs }) => attrs['polltype'] === 'creation');

const reasonOf = (stanza: BinaryNode): UnreadableContent['reason'] => {
  const nodes = childrenOf(stanza);
  if (nodes.some(({ tag }) => tag === 'enc' || tag === 'plaintext')) return 'undecrypted';
  const isViewOnce = nodes.some(({ tag, attrs }) => tag === 'unavailable' && attrs['type']?.startsWith('view_once'));
  return isViewOnce ? 'view_once' : 'withheld';
};

const parsed = (stanza: BinaryNode, { me, logger }: Parts) =>
  decryptMessageNode(stanza, me.jid, me.lid ?? '', plaintextRepository, logger);

const readingOf = ({ attrs }: BinaryNode, { me, secrets }: Parts): Reading => ({
  me,
  secrets,
  wasWaiting: attrs['offline'] !== undefined,
  // WhatsApp names the other side of what the owner wrote on the phone in attributes that Baileys passes over.
  recipientAlt:
    attrs['peer_recipient_pn'] ?? attrs['recipient_pn'] ?? attrs['peer_recipient_lid'] ?? attrs['recipient_lid'],
});

/**
 * Puts the keys in a message that was decrypted, or told by the phone, in the view of this account, once. False for a reaction or vote that
 * names no message, at which Baileys fails.
 */
export const isCleaned = (message: WAMessage, { jid, lid }: Reading['me']): boolean => {
  try {
    cleanMessage(message, jid, lid ?? '');
    return true;
  } catch {
    return false;
  }
};

/** Takes every ciphertext for its own plaintext. Side effects of decryption happened when the message was decrypted. */
const plaintextRepository = {
  decryptMessage: async ({ ciphertext }: { readonly ciphertext: Uint8Array }) => ciphertext,
  decryptGroupMessage: async ({ msg }: { readonly msg: Uint8Array }) => msg,
  processSenderKeyDistributionMessage: async () => undefined,
  migrateSession: async () => ({ migrated: 0, skipped: 0, total: 0 }),
  lidMapping: { getLIDForPN: async () => null, storeLIDPNMappings: async () => undefined },
} satisfies Partial<Record<keyof SignalRepositoryWithLIDStore, unknown>> as unknown as SignalRepositoryWithLIDStore;
