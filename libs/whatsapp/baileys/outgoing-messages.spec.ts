import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { MasterKey } from '#lib/vault';
import { messageBuilder } from './outgoing-messages.js';

const key = new MasterKey(randomBytes(32));
const noGroup = () => Promise.reject(new Error('It is for no group'));
const log = { debug: () => undefined, warn: () => undefined, error: () => undefined };

it('a message has a secret of its own, the same for every attempt', async () => {
  const secretIn = async (sessionId: string, whatsappId: string): Promise<string> => {
    const content = { type: 'text', body: 'hello' } as const;
    const message = { whatsappId, to: '491701234567@s.whatsapp.net', content };
    const upload = () => Promise.reject(new Error('There is nothing to upload'));
    const build = messageBuilder(sessionId, { key, log }, noGroup);
    const built = await build(message, '491709876543@s.whatsapp.net', upload);
    return Buffer.from(built.messageContextInfo?.messageSecret ?? []).toString('hex');
  };
  const secret = await secretIn('one', '3EB0AA');
  expect(secret).toHaveLength(64);
  expect(await secretIn('one', '3EB0AA')).toBe(secret);
  expect(await secretIn('one', '3EB0AB')).not.toBe(secret);
  expect(await secretIn('two', '3EB0AA')).not.toBe(secret);
});
