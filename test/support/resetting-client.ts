import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What a client of HTTP sends to ask for a WebSocket. */
export const webSocketHead = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;

/** A connection on which that was sent, and nothing is read yet. */
export const asking = async (url: string, text: string): Promise<Socket> => {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  await once(socket, 'connect');
  await new Promise<void>((sent) => socket.write(text, () => sent()));
  return socket;
};

/** Sends that, and resets the connection before there is an answer. */
export const askAndReset = async (url: string, text: string): Promise<void> => {
  (await asking(url, text)).resetAndDestroy();
};
