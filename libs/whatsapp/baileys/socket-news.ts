import type { BaileysEventMap, BinaryNode, WASocket } from '@whiskeysockets/baileys';
import { disconnectOf, disconnects, type Disconnect } from '../disconnects.js';

/** What a socket tells. */
export type SocketNews = {
  /** Anything was received. */
  heard(): void;
  credentialsChanged(): void;
  qr(qr: string): void;
  linked(): void;
  open(): void;
  closed(disconnect: Disconnect): void;
  messages(upsert: BaileysEventMap['messages.upsert']): void;
  receipt(stanza: BinaryNode): void;
  ack(stanza: BinaryNode): void;
};

/** Listens to a new socket. */
export const listenTo = (socket: WASocket, news: SocketNews): void => {
  socket.ev.on('creds.update', () => news.credentialsChanged());
  socket.ev.on('messages.upsert', (upsert) => news.messages(upsert));
  socket.ev.on('connection.update', ({ qr, isNewLogin, connection, lastDisconnect }) => {
    if (qr !== undefined) news.qr(qr);
    if (isNewLogin) news.linked();
    if (connection === 'open') news.open();
    if (connection === 'close') news.closed(disconnectFrom(lastDisconnect?.error));
  });
  socket.ws.on('frame', () => news.heard());
  // Straight from the stanza: Baileys merges receipts with other events, drops some, and tells nobody of an ack.
  socket.ws.on('CB:receipt', (stanza: BinaryNode) => news.receipt(stanza));
  socket.ws.on('CB:ack,class:message', (stanza: BinaryNode) => news.ack(stanza));
  // With this, a WebSocket neither opens nor closes, and Baileys does nothing about it.
  socket.ws.on('unexpected-response', (_request: unknown, { statusCode }: { statusCode: number }) =>
    news.closed(disconnects.upgradeRefused(statusCode)),
  );
};

const disconnectFrom = (error: unknown): Disconnect => {
  const { message, output } = (error ?? {}) as { message?: string; output?: { statusCode?: number } };
  if (message?.startsWith('QR refs')) return disconnects.pairingExpired;
  return disconnectOf(output?.statusCode ?? 428);
};

/** Long enough for a farewell, in milliseconds. */
const patience = 1000;

/** Ends a socket, politely where the server takes part. Resolves when it is gone. Harmless when it is. */
export const hangUp = async (socket: WASocket): Promise<void> => {
  const { socket: wire } = socket.ws as unknown as { readonly socket: { terminate(): void } | null };
  const impatient = setTimeout(() => wire?.terminate(), patience);
  await socket.end(undefined);
  clearTimeout(impatient);
};
