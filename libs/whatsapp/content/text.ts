import type { Mentions } from './mentions.js';

export type OutgoingText = Mentions & {
  readonly type: 'text';
  readonly body: string;
};

export type ReceivedText = {
  readonly type: 'text';
  readonly body: string;
  /** Where it answers buttons or a list: what was chosen. `id` is what the sender of those has called it; null where they did not. */
  readonly selection?: { readonly id: string | null; readonly text: string };
};
