import { z } from 'zod';
import { faultKinds } from '../../faults.js';

/** Kinds of the media server. */
export const mediaFaultKinds = [
  'upload-error',
  'upload-hang',
  'upload-cut',
  'download-error',
  'download-hang',
  'download-cut',
] as const;

const fields = {
  kind: z.enum([...faultKinds, ...mediaFaultKinds]),
  number: z.string().exactOptional().meta({
    description:
      'Only for clients of this phone; for `retry`, of sender or receiver; for `no-keys`, of the receiver. Not for uploads and downloads.',
  }),
  count: z.int().min(1).max(1_000_000).exactOptional().meta({ description: 'How often it happens; default 1.' }),
  ms: z.number().min(0).max(86_400_000).exactOptional().meta({
    description:
      'Delay of a slow ack; length of a freeze, endless by default; how long receipts are gathered, 500 by default; by how much a message is dated later when it is repeated after a lost receipt.',
  }),
  code: z.int().min(100).max(999).exactOptional().meta({
    description:
      'Error code of `nack`, `stream-error`, `upgrade-error`, `refuse-code`, `refuse-members`, `upload-error` and `download-error`.',
  }),
  addressing: z
    .enum(['pn', 'lid'])
    .exactOptional()
    .meta({ description: 'Of `nack`: only for messages that address the recipient by phone number or by LID.' }),
  action: z
    .enum(['add', 'remove', 'promote', 'demote', 'approve', 'reject'])
    .exactOptional()
    .meta({ description: 'Of `refuse-members` and `lose-members`: only for this change.' }),
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
    remaining: z.int().meta({ description: 'How often it will still happen.' }),
  })
  .meta({ id: 'Fault', examples: [{ id: 1, kind: 'nack', code: 463, count: 3, remaining: 2 }] });

export type FaultView = z.input<typeof fault>;
