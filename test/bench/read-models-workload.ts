import { type Collection, collection } from '#lib/read-models';

/** A message in a list: about 450 bytes of JSON. */
export type MessageRow = {
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly chat: string;
  readonly direction: string;
  readonly type: string;
  readonly status: string;
  readonly text: string;
  readonly reference: string;
  readonly createdAt: string;
  readonly sentAt?: string;
  readonly deliveredAt?: string;
};

export const messageRows = (search: boolean): Collection<MessageRow> =>
  collection<MessageRow>({
    name: 'bench-messages',
    version: 1,
    indexes: [
      ['userId', 'createdAt'],
      ['userId', 'status', 'createdAt'],
      ['userId', 'chat', 'createdAt'],
    ],
    ...(search && { search: ['text'] }),
  });

export const idOf = (message: number): string => `01900000-${String(message).padStart(12, '0')}-7abc-8def`;
const timeOf = (second: number): string => new Date(1.8e12 + second * 1000).toISOString();

export const queued = (message: number): MessageRow => ({
  id: idOf(message),
  userId: `user-${(message * 7919) % 50}`,
  sessionId: '01900000-aaaa-7bbb-8ccc-dddddddddddd',
  chat: `49170${(message * 104_729) % 2000}@s.whatsapp.net`,
  direction: 'out',
  type: 'text',
  status: 'queued',
  text: `Your parcel ${message} has left our house in ${message % 97} Street and will be with you soon. Thank you!`,
  reference: `order-${message}`,
  createdAt: timeOf(message),
});

export const sent = (message: number) => ({ status: 'sent', sentAt: timeOf(message + 2) });
export const delivered = (message: number) => ({ status: 'delivered', deliveredAt: timeOf(message + 9) });

/** Of three events, one queues a message, one marks an earlier one as sent, and one marks an even earlier one as delivered. */
export const stepOf = (event: number): { readonly message: number; readonly step: number } => {
  const message = Math.floor(event / 3);
  const step = event % 3;
  return { message: Math.max(0, message - step * 700), step };
};

/** The document after that event. */
export const documentOf = (event: number): MessageRow => {
  const { message, step } = stepOf(event);
  return { ...queued(message), ...(step >= 1 && sent(message)), ...(step === 2 && delivered(message)) };
};
