import { z } from 'zod';
import type { RecordedNode, Transcript } from '../../transcript.js';

export const transcriptSwitch = z
  .strictObject({
    enabled: z.boolean(),
    capacity: z
      .int()
      .min(1)
      .max(100_000)
      .default(1_000)
      .meta({ description: 'Number of stanzas to keep; the oldest are dropped.' }),
  })
  .meta({ id: 'TranscriptSwitch', examples: [{ enabled: true, capacity: 1000 }] });

const stanza: z.ZodType<RecordedNode, RecordedNode> = z
  .strictObject({
    tag: z.string(),
    attrs: z.record(z.string(), z.string()).readonly(),
    get content(): z.ZodExactOptional<z.ZodType<string | readonly RecordedNode[], string | readonly RecordedNode[]>> {
      return z.union([z.string(), z.array(stanza).readonly()]).exactOptional();
    },
  })
  .meta({ id: 'Stanza', description: 'Byte content is replaced by its length, so that it holds no keys.' });

export const transcript = z
  .strictObject({
    enabled: z.boolean(),
    entries: z
      .array(
        z.strictObject({
          at: z.string(),
          direction: z.enum(['in', 'out']).meta({ description: 'From the point of view of the server.' }),
          client: z
            .strictObject({ number: z.string(), device: z.int() })
            .readonly()
            .exactOptional()
            .meta({ description: 'Absent before the client is logged in.' }),
          stanza,
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Transcript' });

/** The transcript as the API shows it. */
export const transcriptView = (recorded: Transcript): z.input<typeof transcript> => ({
  enabled: recorded.isOn,
  entries: recorded.entries().map(({ client, ...entry }) => ({ ...entry, ...(client && { client }) })),
});
