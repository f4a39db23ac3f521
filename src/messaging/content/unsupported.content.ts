import { z } from 'zod';
import type { ContentKind } from './content-kind.js';
import { postedNowhere } from './posted.js';
import { line } from './received-values.js';

const described = { rawType: line.nullable() };

const received = z.object({ type: z.literal('unsupported'), ...described });
const shown = z.object({
  rawType: described.rawType.describe('WhatsApp’s own name of the kind; null where that is not known either.'),
});

/** A kind that is not known here. It is still a message. */
export const unsupported = {
  sent: null,
  received,
  shown: { schema: shown, of: ({ rawType }) => ({ rawType }), example: { rawType: 'orderMessage' } },
  wordsOf: () => null,
  mentions: null,
  posted: postedNowhere,
  mediaOf: () => [],
  sentFile: () => undefined,
} satisfies ContentKind<z.output<typeof received>, z.output<typeof shown>>;
