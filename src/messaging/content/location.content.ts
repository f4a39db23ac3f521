import { z } from 'zod';
import type { ContentKind } from './content-kind.js';
import { line } from './received-values.js';

const place = {
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  name: line.nullable(),
  address: line.nullable(),
};

const received = z.object({ type: z.literal('location'), ...place });
const shown = z.object(place);

export const location = {
  sent: null,
  received,
  shown: {
    schema: shown,
    of: ({ latitude, longitude, name, address }) => ({ latitude, longitude, name, address }),
    example: { latitude: 52.5163, longitude: 13.3777, name: 'Brandenburg Gate', address: 'Pariser Platz, Berlin' },
  },
  wordsOf: () => null,
  mediaOf: () => [],
} satisfies ContentKind<z.output<typeof received>, z.output<typeof shown>>;
