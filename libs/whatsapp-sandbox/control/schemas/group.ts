import { z } from 'zod';
import { phonePath } from './phone.js';

const jid = z.string().min(1).max(100);
const numbers = z.array(z.string().min(1).max(40)).min(1).max(1_024).readonly();
const subject = z.string().min(1).max(100);
const addressing = z.enum(['pn', 'lid']).meta({ description: 'Whether members are addressed by phone number or LID.' });

export const groupPath = phonePath.extend({
  jid: jid.meta({ description: 'Jid of the group.', example: '120363041234567890@g.us' }),
});

export const newGroup = z
  .strictObject({
    subject,
    participants: numbers.meta({ description: 'Phone numbers; the creator is always a member.' }),
    addressing: addressing.exactOptional().meta({ description: 'Default: lid, as in all current WhatsApp groups.' }),
  })
  .meta({ id: 'NewGroup', examples: [{ subject: 'Neighbours', participants: ['15550001111', '+49 170 1234567'] }] });

export const groupChange = z
  .strictObject({ subject })
  .meta({ id: 'GroupChange', examples: [{ subject: 'The house' }] });

export const memberChange = z
  .strictObject({ action: z.enum(['add', 'remove', 'promote', 'demote']), participants: numbers })
  .meta({ id: 'MemberChange', examples: [{ action: 'add', participants: ['15550002222'] }] });

export const group = z
  .strictObject({
    jid,
    subject: z.string(),
    addressing,
    createdBy: z.string().meta({ description: 'Phone number of the creator.' }),
    createdAt: z.string(),
    participants: z
      .array(z.strictObject({ number: z.string(), lid: z.string(), role: z.enum(['member', 'admin', 'superadmin']) }))
      .readonly(),
  })
  .meta({
    id: 'Group',
    examples: [
      {
        jid: '120363041234567890@g.us',
        subject: 'Neighbours',
        addressing: 'lid',
        createdBy: '491701234567',
        createdAt: '2026-11-23T09:00:00.000Z',
        participants: [
          { number: '491701234567', lid: '338412907716533', role: 'superadmin' },
          { number: '15550001111', lid: '271094461102377', role: 'member' },
        ],
      },
    ],
  });
