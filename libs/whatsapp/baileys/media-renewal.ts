import { setTimeout as delay } from 'node:timers/promises';
import {
  decryptMediaRetryData,
  encryptMediaRetryRequest,
  proto,
  type BaileysEventMap,
  type WASocket,
} from '@whiskeysockets/baileys';
import type { MediaReference } from '../content.js';
import { DownloadFailed, QueryFailed } from '../errors.js';
import type { MessageKey } from '../reports.js';
import { urlOf } from './content/bounded.js';

type Update = BaileysEventMap['messages.media-update'][number];

const { ResultType } = proto.MediaRetryNotification;
/** The status that Baileys gives the phone's answer that it does not have the file. */
const notFound = 404;

/**
 * Asks the account's phone to upload the file of a message again. Resolves with where it is then; undefined where the phone does not have it.
 * Baileys' own function is not used: it waits for the answer for ever.
 * @throws {QueryFailed} the phone does not answer @throws {DownloadFailed} it could not upload the file
 */
export const renewMedia = async (
  socket: WASocket,
  { whatsappId: id, chat, fromMe, participant }: MessageKey,
  media: MediaReference,
  mediaKey: Uint8Array,
  timeoutMs: number,
): Promise<MediaReference | undefined> => {
  const me = socket.authState.creds.me?.id;
  if (me === undefined) throw new QueryFailed(null, 'The session is not linked');
  const key = { id, remoteJid: chat, fromMe, ...(participant !== null && { participant }) };
  const ask = (): Promise<void> => socket.sendNode(encryptMediaRetryRequest(key, mediaKey, me));
  const { error, media: encrypted } = await answerOf(socket, id, timeoutMs, ask);
  if (error?.output.statusCode === notFound) return undefined;
  if (error || !encrypted) throw new DownloadFailed(false, 'The phone did not upload the file again', { cause: error });
  const { result, directPath } = decryptMediaRetryData(encrypted, mediaKey, id);
  if (result === ResultType.NOT_FOUND) return undefined;
  const path = urlOf(directPath);
  if (result !== ResultType.SUCCESS || path === null) {
    throw new DownloadFailed(false, 'The phone could not upload the file again');
  }
  return { ...media, directPath: path };
};

const answerOf = async (
  { ev }: Pick<WASocket, 'ev'>,
  id: string,
  timeoutMs: number,
  ask: () => Promise<void>,
): Promise<Update> => {
  let answer: (update: Update) => void = () => undefined;
  const answered = new Promise<Update>((resolve) => (answer = resolve));
  const listener = (updates: readonly Update[]): void => updates.filter(({ key }) => key.id === id).forEach(answer);
  const over = new AbortController();
  ev.on('messages.media-update', listener);
  try {
    await ask();
    const update = await Promise.race([answered, delay(timeoutMs, undefined, { signal: over.signal })]);
    if (!update) throw new QueryFailed(null, 'The phone did not answer');
    return update;
  } finally {
    over.abort();
    ev.off('messages.media-update', listener);
  }
};
