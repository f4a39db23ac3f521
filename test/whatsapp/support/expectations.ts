import type { Disconnect, SendFailed } from '#lib/whatsapp';
import type { Gateway } from './gateway.js';

/** The report of the end of a connection. */
export const closedFor = (reason: Disconnect['reason'], more: Partial<Disconnect> = {}) => ({
  kind: 'closed',
  disconnect: { reason, ...more },
});

/** The error with which sending fails. */
export const failureOf = (sending: Promise<unknown>): Promise<SendFailed> =>
  sending.then(
    () => Promise.reject(new Error('It was sent')),
    (error: SendFailed) => error,
  );

/** The texts that the gateway received from a person, in order. */
export const textsFrom = (gateway: Gateway, number: string): readonly string[] =>
  gateway.all('message').flatMap(({ message: { sender, content } }) => {
    return sender.phoneNumber === `+${number}` && content.type === 'text' ? content.body : [];
  });
