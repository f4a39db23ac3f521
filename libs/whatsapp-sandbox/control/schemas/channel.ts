import { z } from 'zod';
import { messageContent } from './message.js';

export const channelPath = z.strictObject({
  jid: z
    .string()
    .min(1)
    .max(100)
    .meta({ description: 'Jid of the channel.', example: '120363400000000001@newsletter' }),
});

export const newChannel = z
  .strictObject({ name: z.string().min(1).max(100) })
  .meta({ id: 'NewChannel', examples: [{ name: 'Shop news' }] });

export const channel = z
  .strictObject({
    jid: z.string(),
    name: z.string(),
    owner: z.string().meta({ description: 'Phone number of who posts.' }),
    posts: z
      .array(z.strictObject({ id: z.string(), postedAt: z.string(), ...messageContent }))
      .readonly()
      .meta({ description: 'What was posted, oldest first.' }),
  })
  .meta({
    id: 'Channel',
    examples: [{ jid: '120363400000000001@newsletter', name: 'Shop news', owner: '491701234567', posts: [] }],
  });
