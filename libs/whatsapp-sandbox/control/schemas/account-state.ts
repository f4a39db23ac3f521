import { z } from 'zod';
import { phonePath } from './phone.js';

export const contactPath = phonePath.extend({
  other: z.string().min(1).max(40).meta({ description: 'Phone number of the contact.', example: '491702000002' }),
});

export const chatPath = phonePath.extend({
  chat: z.string().min(1).max(100).meta({ description: 'Phone number, or jid of a group.', example: '491702000002' }),
});

export const contactName = z
  .strictObject({ name: z.string().max(100).meta({ description: 'An empty name removes the contact.' }) })
  .meta({ id: 'ContactName', examples: [{ name: 'Ada (accounting)' }] });

export const contacts = z
  .array(z.strictObject({ number: z.string(), name: z.string() }))
  .readonly()
  .meta({ id: 'Contacts', examples: [[{ number: '491702000002', name: 'Ada (accounting)' }]] });

const marks = { archived: z.boolean().exactOptional(), read: z.boolean().exactOptional() };

const upTo = z
  .string()
  .max(128)
  .meta({ description: 'Id of the last message that is read; by default that of the chat.' });

export const chatMarks = z
  .strictObject({ ...marks, upTo: upTo.exactOptional() })
  .meta({ id: 'ChatMarks', examples: [{ archived: true }] });

export const shownPresence = z
  .union([
    z.strictObject({ state: z.enum(['online', 'offline']) }),
    z.strictObject({
      state: z.enum(['typing', 'recording', 'paused']),
      to: z.string().min(1).max(100).meta({ description: 'Phone number, or jid of a group.' }),
    }),
  ])
  .meta({ id: 'ShownPresence', examples: [{ state: 'online' }, { state: 'typing', to: '15550001111' }] });

export const markedChats = z
  .array(z.strictObject({ chat: z.string(), ...marks }))
  .readonly()
  .meta({ id: 'MarkedChats', examples: [[{ chat: '491702000002', archived: true }]] });
