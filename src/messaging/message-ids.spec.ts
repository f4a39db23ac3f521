import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { chatIdOf } from './chat-id.contract.js';
import { receivedIdOf } from './message-ids.js';

const session = '0199aaaa-0000-7000-8000-000000000003';
const account = '+491703333333';
const [ada, bob] = ['491701111111@s.whatsapp.net', '491702222222@s.whatsapp.net'];
const group = chatIdOf(session, account, '120363012345678901@g.us');

describe('the id of a message from WhatsApp', () => {
  const id = receivedIdOf(group, ada, 'A1');

  it('is a UUID, and always the same', () => {
    expect(z.uuid().parse(id)).toBe(id);
    expect(receivedIdOf(group, ada, 'A1')).toBe(id);
  });

  it('is another one for another session, account, chat, author or WhatsApp id', () => {
    const others = [
      receivedIdOf(chatIdOf('0199aaaa-0000-7000-8000-000000000009', account, ada), ada, 'A1'),
      receivedIdOf(chatIdOf(session, '+491704444444', ada), ada, 'A1'),
      receivedIdOf(chatIdOf(session, account, ada), ada, 'A1'),
      receivedIdOf(group, bob, 'A1'),
      receivedIdOf(group, null, 'A1'),
      receivedIdOf(group, ada, 'A2'),
      group,
    ];
    expect(new Set([id, ...others]).size).toBe(others.length + 1);
  });
});
