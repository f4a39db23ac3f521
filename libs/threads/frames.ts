import type { ErrorData } from './errors.js';
import type { StreamSlot } from './transfer.js';

type Streams = { readonly streams?: readonly StreamSlot[] };

/** What a call carries. */
export type CallFrame = Streams & { readonly name: string; readonly args: readonly unknown[] };

/** What the two sides of a channel post to each other, several at a time. Ids are chosen by whoever sent the call or the stream. */
export type Frame =
  | ({ readonly kind: 'ask'; readonly id: number } & CallFrame)
  | ({ readonly kind: 'tell' } & CallFrame)
  | ({ readonly kind: 'answer'; readonly id: number; readonly value: unknown } & Streams)
  | { readonly kind: 'failure'; readonly id: number; readonly error: ErrorData }
  /** From the reader of a stream: one more chunk, or no more. */
  | { readonly kind: 'pull'; readonly id: number }
  | { readonly kind: 'cancel'; readonly id: number }
  /** To the reader of a stream. */
  | { readonly kind: 'chunk'; readonly id: number; readonly chunk: unknown }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'stream_failure'; readonly id: number; readonly error: ErrorData };
