import { z } from 'zod';
import { isPlainLine } from './characters.rules.js';
import type { ContentKind } from './content-kind.js';
import { postedNowhere } from './posted.js';
import { line } from './received-values.js';

const degrees = {
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
};
const place = { ...degrees, name: line.nullable(), address: line.nullable() };

const plainLine = line.min(1).refine(isPlainLine, 'Must not have control characters');

const NewLocation = z
  .strictObject({ ...degrees, name: plainLine.exactOptional(), address: plainLine.exactOptional() })
  .meta({ id: 'NewLocation' });

const recorded = z.object({ type: z.literal('location'), ...place });
const shown = z.object(place);

const example = { latitude: 52.5163, longitude: 13.3777, name: 'Brandenburg Gate', address: 'Pariser Platz, Berlin' };

export const location = {
  sent: {
    request: NewLocation,
    example,
    contentOf: ({ name = null, address = null, ...degrees }) => ({ type: 'location', ...degrees, name, address }),
    event: recorded,
  },
  received: recorded,
  shown: {
    schema: shown,
    of: ({ latitude, longitude, name, address }) => ({ latitude, longitude, name, address }),
    example,
  },
  wordsOf: ({ name, address }) => [name, address].filter((part) => part !== null).join('\n') || null,
  quoted: (content) => content,
  forwarded: (content) => content,
  mentions: null,
  posted: postedNowhere,
  mediaOf: () => [],
  sentFile: () => undefined,
} satisfies ContentKind<z.output<typeof recorded>, z.output<typeof shown>, z.output<typeof NewLocation>>;
