import { z } from 'zod';
import type { ContentKind } from './content-kind.js';
import { line, longText } from './received-values.js';

const card = { name: line, vcard: longText };

const received = z.object({ type: z.literal('contact'), ...card });
const shown = z.object(card);

export const contact = {
  sent: null,
  received,
  shown: {
    schema: shown,
    of: ({ name, vcard }) => ({ name, vcard }),
    example: {
      name: 'Ada Lovelace',
      vcard: 'BEGIN:VCARD\nVERSION:3.0\nFN:Ada Lovelace\nTEL;TYPE=CELL:+49 170 1234567\nEND:VCARD',
    },
  },
  wordsOf: () => null,
  mediaOf: () => [],
} satisfies ContentKind<z.output<typeof received>, z.output<typeof shown>>;
