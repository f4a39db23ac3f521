import { z } from 'zod';
import type { ContentKind } from './content-kind.js';

const received = z.object({ type: z.literal('unsupported') });

/** A kind that is not known here. It is still a message. */
export const unsupported = {
  sent: null,
  received,
  shown: null,
  wordsOf: () => null,
  mediaOf: () => [],
} satisfies ContentKind<z.output<typeof received>>;
