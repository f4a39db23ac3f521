import type { BaileysEventMap, BinaryNode, WASocket } from '@whiskeysockets/baileys';
import { disconnectOf, disconnects, type Disconnect } from '../disconnects.js';

/** Passes a stanza on to Baileys, which also confirms it. Resolves when Baileys has processed it. */
export type PassToBaileys = (stanza: BinaryNode) => Promise<void>;

/** What Baileys is being passed at this moment. It decides what to ignore before it waits for anything. */
export type PassedStanza = { kind: 'message' | 'receipt' | 'notification' | 'call' | null };

/** Called with what happens on a socket. */
export type SocketListener = {
  frameReceived(): void;
  credentialsChanged(): void;
  qr(qr: string): void;
  linked(): void;
  open(): void;
  closed(disconnect: Disconnect): void;
  /** Messages that Baileys has decrypted or received by other means than a stanza of their own. */
  messages(upsert: BaileysEventMap['messages.upsert']): void;
  /** Older messages, for which the phone was asked. */
  history(messages: BaileysEventMap['messaging-history.set']['messages']): void;
  messageStanza(stanza: BinaryNode, passToBaileys: PassToBaileys): void;
  receiptStanza(stanza: BinaryNode, passToBaileys: PassToBaileys): void;
  notificationStanza(stanza: BinaryNode, passToBaileys: PassToBaileys): void;
  callStanza(stanza: BinaryNode, passToBaileys: PassToBaileys): void;
  ackStanza(stanza: BinaryNode): void;
};

export const listenTo = (socket: WASocket, passed: PassedStanza, listener: SocketListener): void => {
  const intercept = interceptor(socket, passed);
  socket.ev.on('creds.update', () => listener.credentialsChanged());
  socket.ev.on('messages.upsert', (upsert) => listener.messages(upsert));
  socket.ev.on('messaging-history.set', ({ messages }) => listener.history(messages));
  socket.ev.on('connection.update', ({ qr, isNewLogin, connection, lastDisconnect }) => {
    if (qr !== undefined) listener.qr(qr);
    if (isNewLogin) listener.linked();
    if (connection === 'open') listener.open();
    if (connection === 'close') listener.closed(disconnectFrom(lastDisconnect?.error));
  });
  socket.ws.on('frame', () => listener.frameReceived());
  // The stanzas themselves, since Baileys merges receipts with other events, drops some of them, and has no event for acks.
  intercept('message', (stanza, passToBaileys) => listener.messageStanza(stanza, passToBaileys));
  intercept('receipt', (stanza, passToBaileys) => listener.receiptStanza(stanza, passToBaileys));
  intercept('notification', (stanza, passToBaileys) => listener.notificationStanza(stanza, passToBaileys));
  intercept('call', (stanza, passToBaileys) => listener.callStanza(stanza, passToBaileys));
  socket.ws.on('CB:ack,class:message', (stanza: BinaryNode) => listener.ackStanza(stanza));
  // After such a response the WebSocket neither opens nor closes, and Baileys ignores it.
  socket.ws.on('unexpected-response', (_request: unknown, { statusCode }: { statusCode: number }) =>
    listener.closed(disconnects.upgradeRefused(statusCode)),
  );
};

/** Replaces the existing listeners of a kind of stanza by one that may call them. */
const interceptor =
  (socket: WASocket, passed: PassedStanza) =>
  (
    kind: NonNullable<PassedStanza['kind']>,
    listener: (stanza: BinaryNode, passToBaileys: PassToBaileys) => void,
  ): void => {
    const event = `CB:${kind}`;
    const others = socket.ws.listeners(event) as ((stanza: BinaryNode) => unknown)[];
    socket.ws.removeAllListeners(event);
    const passToBaileys = async (stanza: BinaryNode): Promise<void> => {
      passed.kind = kind;
      const processed = others.map((each) => each(stanza));
      passed.kind = null;
      await Promise.all(processed);
    };
    socket.ws.on(event, (stanza: BinaryNode) => listener(stanza, passToBaileys));
  };

const disconnectFrom = (error: unknown): Disconnect => {
  const { message, output } = (error ?? {}) as { message?: string; output?: { statusCode?: number } };
  if (message?.startsWith('QR refs')) return disconnects.pairingExpired;
  return disconnectOf(output?.statusCode ?? 428);
};

/** For the server to answer the closing handshake of the WebSocket. */
const closeTimeoutMs = 1000;

/** Closes a socket, by force where the server does not answer. Resolves when it is closed. Idempotent. */
export const closeSocket = async (socket: WASocket): Promise<void> => {
  const { socket: webSocket } = socket.ws as unknown as { readonly socket: { terminate(): void } | null };
  const timer = setTimeout(() => webSocket?.terminate(), closeTimeoutMs);
  await socket.end(undefined);
  clearTimeout(timer);
};
