import type { BaileysEventMap, BinaryNode, WASocket } from '@whiskeysockets/baileys';
import { disconnectOf, disconnects, type Disconnect } from '../disconnects.js';

/** Lets Baileys deal with a stanza, confirm it above all. Resolves when it has. */
export type Proceed = (stanza: BinaryNode) => Promise<void>;

/** What a socket tells. */
export type SocketNews = {
  /** Anything was received. */
  heard(): void;
  credentialsChanged(): void;
  qr(qr: string): void;
  linked(): void;
  open(): void;
  closed(disconnect: Disconnect): void;
  /** Messages that Baileys has, also such as came in no stanza of their own. */
  messages(upsert: BaileysEventMap['messages.upsert']): void;
  message(stanza: BinaryNode, proceed: Proceed): void;
  receipt(stanza: BinaryNode, proceed: Proceed): void;
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
  intercept(socket, 'CB:message', (stanza, proceed) => news.message(stanza, proceed));
  intercept(socket, 'CB:receipt', (stanza, proceed) => news.receipt(stanza, proceed));
  socket.ws.on('CB:ack,class:message', (stanza: BinaryNode) => news.ack(stanza));
  // With this, a WebSocket neither opens nor closes, and Baileys does nothing about it.
  socket.ws.on('unexpected-response', (_request: unknown, { statusCode }: { statusCode: number }) =>
    news.closed(disconnects.upgradeRefused(statusCode)),
  );
};

/** Stands before everybody who listens to a kind of stanza so far. */
const intercept = (socket: WASocket, event: string, listener: (stanza: BinaryNode, proceed: Proceed) => void): void => {
  const others = socket.ws.listeners(event) as ((stanza: BinaryNode) => unknown)[];
  socket.ws.removeAllListeners(event);
  const proceed = async (stanza: BinaryNode): Promise<void> => {
    await Promise.all(others.map((each) => each(stanza)));
  };
  socket.ws.on(event, (stanza: BinaryNode) => listener(stanza, proceed));
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
