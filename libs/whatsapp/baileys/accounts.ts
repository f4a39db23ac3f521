import { isLidUser, type WASocket } from '@whiskeysockets/baileys';
import type { ChatMark, ChatMessage, Profile, WhatsAppAccounts } from '../accounts.js';
import { bareJid } from '../addresses.js';
import { blockedBy } from './known-blocks.js';
import { QueryFailed } from '../errors.js';
import { accountOf } from './account.js';
import { Addressing } from './addressing.js';
import { untilKeyed } from './app-state-key.js';
import { lineOf } from './content/bounded.js';
import { queryFailure } from './number-check.js';
import { changeOwnName } from './own-name.js';
import type { PictureDownload } from './picture-download.js';
import { setPicture } from './set-picture.js';

/** Asks over the connection of a session. @throws {NotConnected} @throws {QueryFailed} */
type Ask = <Answer>(sessionId: string, question: (socket: WASocket) => Promise<Answer>) => Promise<Answer>;

/** The accounts of sessions, by Baileys' own questions where it has them. */
export const accountsThrough = (ask: Ask, download: PictureDownload): WhatsAppAccounts => ({
  profile: (sessionId) => ask(sessionId, profileOf),
  setName: (sessionId, name) => ask(sessionId, (socket) => setName(socket, name)),
  setAbout: (sessionId, about) => ask(sessionId, (socket) => socket.updateProfileStatus(about)),
  setPicture: (sessionId, jpeg) => ask(sessionId, (socket) => setPicture(socket, jpeg)),
  blocked: (sessionId) => ask(sessionId, blockedBy),
  setBlocked: (sessionId, jid, isBlocked) => ask(sessionId, (socket) => setBlocked(socket, jid, isBlocked)),
  markChat: (sessionId, mark, last) => ask(sessionId, (socket) => markChat(socket, mark, last)),
  picture: async (sessionId, jid) => {
    const url = await ask(sessionId, (socket) => pictureUrlOf(socket, jid));
    return url === null ? null : download(sessionId, url);
  },
  askHistory: async (sessionId, known, count) => {
    await ask(sessionId, (socket) => socket.fetchMessageHistory(count, keyOf(known), Date.parse(known.sentAt)));
  },
  watchPresence: (sessionId, jid) =>
    ask(sessionId, async (socket) => socket.presenceSubscribe(await new Addressing(socket).of(jid))),
});

const profileOf = async (socket: WASocket): Promise<Profile> => {
  const account = accountOf(socket.authState.creds);
  const jid = bareJid(account?.jid ?? '');
  const [about, pictureUrl] = await Promise.all([aboutOf(socket, jid), pictureUrlOf(socket, jid)]);
  return { name: account?.pushName ?? null, about, pictureUrl };
};

const aboutOf = async (socket: WASocket, jid: string): Promise<string | null> => {
  const [answer] = (await socket.fetchStatus(jid)) ?? [];
  const { status } = (answer?.['status'] ?? {}) as { readonly status?: string | null };
  return lineOf(status);
};

/** Null where there is no picture, or it is not shown to this account. */
const pictureUrlOf = async (socket: WASocket, jid: string): Promise<string | null> => {
  try {
    return (await socket.profilePictureUrl(jid, 'image')) ?? null;
  } catch (error) {
    const failure = queryFailure(error);
    if (failure.code !== null && hiddenCodes.has(failure.code)) return null;
    throw failure;
  }
};

const hiddenCodes: ReadonlySet<number> = new Set([401, 403, 404]);

/** For the phone to send a newly linked session the key of the app state, while a caller waits. */
const keyTimeoutMs = 10_000;

/** WhatsApp tells other devices of the change, but not the one that made it. */
const setName = async (socket: WASocket, name: string): Promise<void> => {
  await untilKeyed(socket, keyTimeoutMs);
  await socket.updateProfileName(name);
  changeOwnName(socket, name, Date.now());
};

const setBlocked = async (socket: WASocket, jid: string, isBlocked: boolean): Promise<void> => {
  const { lidMapping } = socket.signalRepository;
  const isLid = isLidUser(jid) === true;
  const other = isLid ? await lidMapping.getPNForLID(jid) : await lidMapping.getLIDForPN(jid);
  if (!other && (isBlocked || !isLid)) {
    throw new QueryFailed(unknownAddress, 'WhatsApp has not named both addresses of this person');
  }
  await socket.updateBlockStatus(jid, isBlocked ? 'block' : 'unblock');
};

const unknownAddress = 404;

const keyOf = ({ whatsappId: id, chat: remoteJid, fromMe, participant }: ChatMessage) => ({
  id,
  remoteJid,
  fromMe,
  ...(participant !== null && { participant }),
});

const markChat = async (socket: WASocket, mark: ChatMark, last: ChatMessage): Promise<void> => {
  await untilKeyed(socket, keyTimeoutMs);
  const { chat } = last;
  const lastMessages = [{ key: keyOf(last), messageTimestamp: Math.floor(Date.parse(last.sentAt) / 1000) }];
  const { archived, read }: { readonly archived?: boolean; readonly read?: boolean } = mark;
  if (archived !== undefined) await socket.chatModify({ archive: archived, lastMessages }, chat);
  if (read !== undefined) await socket.chatModify({ markRead: read, lastMessages }, chat);
};
