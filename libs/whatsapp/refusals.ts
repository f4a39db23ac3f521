/** WhatsApp's server took a message and refused it. */
export type Refusal = {
  /** WhatsApp's own code. */
  readonly code: number;
  /** A sentence. */
  readonly reason: string;
  /** Whether the same message may succeed later. */
  readonly retryable: boolean;
};

const meanings: Readonly<Record<number, Omit<Refusal, 'code'>>> = {
  400: { retryable: false, reason: 'WhatsApp could not make sense of the message.' },
  401: { retryable: false, reason: 'This account may not send this message.' },
  403: { retryable: false, reason: 'This account may not write to that chat.' },
  404: { retryable: false, reason: 'WhatsApp does not know the recipient.' },
  406: { retryable: false, reason: 'WhatsApp does not accept messages to that recipient.' },
  408: { retryable: true, reason: 'WhatsApp ran out of time.' },
  420: { retryable: true, reason: 'WhatsApp slows this account down: too many messages.' },
  429: { retryable: true, reason: 'WhatsApp slows this account down: too many messages.' },
  463: {
    retryable: false,
    reason:
      'WhatsApp does not let this account start new chats for now. Trying again makes it worse; people who wrote before can be answered.',
  },
  479: {
    retryable: true,
    reason: 'WhatsApp rejected how the message was addressed: the recipient’s devices may have changed.',
  },
  500: { retryable: true, reason: 'WhatsApp failed while it handled the message.' },
  503: { retryable: true, reason: 'WhatsApp is overloaded or being serviced.' },
};

/** What the error code of an ack means. */
export const refusalOf = (code: number): Refusal => ({
  code,
  ...(meanings[code] ?? { retryable: false, reason: `WhatsApp refused the message with code ${code}.` }),
});
