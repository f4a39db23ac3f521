/** WhatsApp's server received a message and refused it. */
export type SendRefusal = {
  /** WhatsApp's own code. */
  readonly code: number;
  /** A sentence for people. */
  readonly reason: string;
  /** Whether the same message may succeed later. */
  readonly retryable: boolean;
};

const meanings: Readonly<Record<number, Omit<SendRefusal, 'code'>>> = {
  400: { retryable: false, reason: 'WhatsApp could not process the message.' },
  401: { retryable: false, reason: 'This account is not allowed to send this message.' },
  403: { retryable: false, reason: 'This account is not allowed to write to that chat.' },
  404: { retryable: false, reason: 'WhatsApp does not know the recipient.' },
  406: { retryable: false, reason: 'WhatsApp does not accept messages to that recipient.' },
  408: { retryable: true, reason: 'WhatsApp timed out while it processed the message.' },
  420: { retryable: true, reason: 'WhatsApp is limiting this account: it sent too many messages.' },
  429: { retryable: true, reason: 'WhatsApp is limiting this account: it sent too many messages.' },
  463: {
    retryable: false,
    reason:
      'WhatsApp does not let this account start new chats for now. Retrying makes it worse; people who wrote before can be answered.',
  },
  475: {
    retryable: false,
    reason: 'WhatsApp limits how many people this account may write to first, and the limit is reached for now.',
  },
  479: {
    retryable: true,
    reason: 'WhatsApp rejected how the message was addressed: the recipient’s devices may have changed.',
  },
  500: { retryable: true, reason: 'WhatsApp failed while it processed the message.' },
  503: { retryable: true, reason: 'WhatsApp is overloaded or under maintenance.' },
};

/** A message to somebody new was refused: because of the account, or because of how the recipient was addressed or vouched for. */
export const mayBeAddressing = ({ code }: SendRefusal): boolean => code === 463;

/** The meaning of WhatsApp's error code. */
export const sendRefusalOf = (code: number): SendRefusal => ({
  code,
  ...(meanings[code] ?? { retryable: false, reason: `WhatsApp refused the message with code ${code}.` }),
});
