import { z } from 'zod';
import { messageContent } from './message.js';

export const channelPath = z.strictObject({
  jid: z
    .string()
    .min(1)
    .max(100)
    .meta({ description: 'Jid of the channel.', example: '120363400000000001@newsletter' }),
});

export const postPath = channelPath.extend({ id: z.string().min(1).max(128).meta({ description: 'Id of the post.' }) });

export const followerPath = channelPath.extend({ number: z.string().meta({ description: 'Phone number.' }) });

export const editedPost = z
  .strictObject({ text: z.string().min(1).max(65_536) })
  .meta({ id: 'EditedPost', examples: [{ text: 'Open until nine' }] });

export const post = z
  .strictObject({
    id: z.string(),
    serverId: z.int().meta({ description: 'Its number in the channel, from 1.' }),
    postedAt: z.string(),
    editedAt: z.string().exactOptional(),
    deletedAt: z.string().exactOptional().meta({ description: 'Then nothing of what it said is left.' }),
    ...messageContent,
  })
  .meta({
    id: 'Post',
    examples: [
      { id: 'AC3F9A6C1D', serverId: 1, postedAt: '2026-11-23T09:00:00.000Z', type: 'text', text: 'Open late' },
    ],
  });

export const newChannel = z
  .strictObject({ name: z.string().min(1).max(100) })
  .meta({ id: 'NewChannel', examples: [{ name: 'Shop news' }] });

export const channel = z
  .strictObject({
    jid: z.string(),
    name: z.string(),
    owner: z.string().meta({ description: 'Phone number of who posts.' }),
    followers: z.array(z.string()).readonly().meta({ description: 'Phone numbers.' }),
    posts: z.array(post).readonly().meta({ description: 'What was posted, oldest first.' }),
  })
  .meta({
    id: 'Channel',
    examples: [
      { jid: '120363400000000001@newsletter', name: 'Shop news', owner: '491701234567', followers: [], posts: [] },
    ],
  });
