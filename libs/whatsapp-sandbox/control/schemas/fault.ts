import { z } from 'zod';
import { FAULT_KINDS } from '../../faults.js';

/** Kinds that hit uploads and downloads. */
export const MEDIA_FAULT_KINDS = [
  'upload-error',
  'upload-hang',
  'upload-cut',
  'download-error',
  'download-hang',
  'download-cut',
] as const;

const fields = {
  kind: z.enum([...FAULT_KINDS, ...MEDIA_FAULT_KINDS]),
  number: z.string().exactOptional().meta({
    description: 'Only for the clients of this phone; for `retry`, of either side. Not for uploads, downloads.',
  }),
  count: z.int().min(1).max(1_000_000).exactOptional().meta({ description: 'How often; once, unless it says more.' }),
  ms: z
    .number()
    .min(0)
    .max(86_400_000)
    .exactOptional()
    .meta({ description: 'Delay of a slow ack; length of a freeze, which has no end without it.' }),
  code: z
    .int()
    .min(100)
    .max(999)
    .exactOptional()
    .meta({ description: 'The code of `nack`, `stream-error`, `upgrade-error`, `upload-error`, `download-error`.' }),
};

export const faultRule = z.strictObject(fields).meta({
  id: 'FaultRule',
  examples: [
    { kind: 'drop', number: '491701234567' },
    { kind: 'nack', code: 463, count: 3 },
    { kind: 'slow-ack', ms: 5000 },
  ],
});

export const fault = z
  .strictObject({
    id: z.int().exactOptional().meta({ description: 'Absent for uploads and downloads.' }),
    ...fields,
    remaining: z.int().meta({ description: 'How often it is still to happen.' }),
  })
  .meta({ id: 'Fault', examples: [{ id: 1, kind: 'nack', code: 463, count: 3, remaining: 2 }] });

export type FaultView = z.input<typeof fault>;
