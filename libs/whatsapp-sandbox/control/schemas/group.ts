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

const announce = z.boolean().meta({ description: 'Only admins write.' });
const locked = z.boolean().meta({ description: 'Only admins change the subject and the description.' });
const approval = z.boolean().meta({ description: 'Admins decide who joins by the invite link.' });
const ephemeralSeconds = z.int().min(0).max(31_536_000).meta({ description: '0: messages stay.' });
const settings = z.strictObject({ announce, locked, approval, ephemeralSeconds });
const changedSettings = z.strictObject({
  announce: announce.exactOptional(),
  locked: locked.exactOptional(),
  approval: approval.exactOptional(),
  ephemeralSeconds: ephemeralSeconds.exactOptional(),
});

export const groupChange = z
  .strictObject({
    subject: subject.exactOptional(),
    description: z.string().max(2_048).exactOptional().meta({ description: 'An empty one is removed.' }),
    settings: changedSettings.exactOptional(),
  })
  .meta({ id: 'GroupChange', examples: [{ subject: 'The house' }, { settings: { announce: true } }] });

export const newInvite = z
  .strictObject({ renew: z.boolean().default(false).meta({ description: 'A new code; the former ends.' }) })
  .meta({ id: 'NewInvite', examples: [{ renew: false }] });
const code = z.string().min(1).max(100);
export const invite = z.strictObject({ code }).meta({ id: 'Invite', examples: [{ code: 'q83vSzyo2kMPFnGxEVQd7A' }] });
export const joined = z
  .strictObject({ jid, joined: z.boolean().meta({ description: 'False if an admin has to approve.' }) })
  .meta({ id: 'JoinedGroup', examples: [{ jid: '120363041234567890@g.us', joined: true }] });

export const requestAnswer = z
  .strictObject({ action: z.enum(['approve', 'reject']), participants: numbers })
  .meta({ id: 'RequestAnswer', examples: [{ action: 'approve', participants: ['15550002222'] }] });

export const memberChange = z
  .strictObject({ action: z.enum(['add', 'remove', 'promote', 'demote']), participants: numbers })
  .meta({ id: 'MemberChange', examples: [{ action: 'add', participants: ['15550002222'] }] });

export const group = z
  .strictObject({
    jid,
    subject: z.string(),
    description: z.string().nullable(),
    settings,
    requests: z.array(z.string()).readonly().meta({ description: 'Phone numbers of those who ask to join.' }),
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
        description: 'Who waters the plants?',
        settings: { announce: false, locked: false, approval: false, ephemeralSeconds: 0 },
        requests: [],
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
