import { z } from 'zod';
import type { ContentKind } from './content-kind.js';
import { postedNowhere } from './posted.js';

const described = { reason: z.enum(['undecrypted', 'view_once', 'withheld']) };

const received = z.object({ type: z.literal('unreadable'), ...described });
const shown = z.object({
  reason: described.reason.describe(
    '`undecrypted`: its sender is asked to send it again; `view_once` and `withheld`: only the phone gets it. Where it becomes readable, ' +
      'the message takes the type and content that it really has.',
  ),
});

/** A message that cannot be read here (yet). */
export const unreadable = {
  sent: null,
  received,
  shown: { schema: shown, of: ({ reason }) => ({ reason }), example: { reason: 'view_once' } },
  wordsOf: () => null,
  mentions: null,
  posted: postedNowhere,
  mediaOf: () => [],
  sentFile: () => undefined,
} satisfies ContentKind<z.output<typeof received>, z.output<typeof shown>>;
