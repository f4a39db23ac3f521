import type { Mentions } from './mentions.js';

/** WhatsApp's fonts for texts in the status. */
export const statusFonts = ['system', 'script', 'bold', 'morningbreeze', 'calistoga', 'exo2', 'courierprime'] as const;

export type OutgoingText = Mentions & {
  readonly type: 'text';
  readonly body: string;
  /** Of a status post: `#RRGGBB`. */
  readonly backgroundColor?: string;
  /** Of a status post. */
  readonly font?: (typeof statusFonts)[number];
  /** Shown of a page to which the body links. */
  readonly preview?: TextPreview & { /** A small JPEG in base64. */ readonly thumbnail: string | null };
};

export type TextPreview = {
  /** As the body has it. */
  readonly url: string;
  readonly title: string;
  readonly description: string | null;
};

export type ReceivedText = {
  readonly type: 'text';
  readonly body: string;
  /** Where it answers buttons or a list: what was chosen. `id` is what the sender of those has called it; null where they did not. */
  readonly selection?: { readonly id: string | null; readonly text: string };
  /** What its sender shows of a page to which it links. */
  readonly preview?: TextPreview;
};
