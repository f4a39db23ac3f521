import { z } from 'zod';

const addressing = z.enum(['pn', 'lid']);

export const callPath = z.strictObject({
  number: z.string().meta({ description: 'Phone number, with or without `+`.', example: '491701234567' }),
  id: z.string().meta({ description: 'Id of a call of this phone.', example: '8F2B6C' }),
});

export const newCall = z
  .strictObject({
    to: z.string().min(1).max(100).meta({ description: 'Phone number.' }),
    video: z.boolean().exactOptional(),
    addressing: addressing
      .exactOptional()
      .meta({ description: 'Whether the caller is named by phone number (default) or LID.' }),
  })
  .meta({ id: 'NewCall', examples: [{ to: '15550001111' }, { to: '15550001111', video: true }] });

export const callEnd = z
  .strictObject({
    reason: z
      .enum(['hung-up', 'timeout'])
      .exactOptional()
      .meta({ description: 'Whether the caller hangs up (default), or nobody has answered for too long.' }),
  })
  .meta({ id: 'CallEnd', examples: [{}, { reason: 'timeout' }] });

export const call = z
  .strictObject({
    id: z.string(),
    to: z.string().meta({ description: 'Phone number of whoever is called.' }),
    video: z.boolean(),
    addressing,
    status: z.enum(['ringing', 'rejected', 'ended']),
    at: z.string(),
  })
  .meta({
    id: 'Call',
    examples: [
      {
        id: '8F2B6C',
        to: '15550001111',
        video: false,
        addressing: 'pn',
        status: 'rejected',
        at: '2026-11-23T09:00:00.000Z',
      },
    ],
  });
