import { describe, expect, it } from '@jest/globals';
import { eventCodec, fold, type Undecoded } from '#lib/event-sourcing';
import { apiKeyEvents } from './api-key.contract.js';
import { emailEvents } from './email.contract.js';
import { emailDecider } from './email.decider.js';
import { userEvents } from './user.contract.js';

const id = '0199aaaa-0000-7000-8000-00000000000a';
const at = '2026-01-02T03:00:00.000Z';
const codec = eventCodec([apiKeyEvents, emailEvents, userEvents]);

/** An event as the first version of its schema stored it. */
const first = (type: string, data: object): Undecoded => ({
  type,
  data,
  id,
  stream: `former-${id}`,
  revision: 0,
  position: 1,
  recordedAt: at,
  metadata: { correlationId: 'c', causationId: 'c', actor: { kind: 'admin', id }, schemaVersion: 1 },
});

describe('an event from before events named their owner', () => {
  it('still says who holds an email address', async () => {
    const events = await codec.decode([first('EmailClaimed', { emailKey: 'k', holderId: id, claimedAt: at })]);
    expect(events[0]?.data).toEqual({ emailKey: 'k', userId: id, adminId: null, claimedAt: at });
    expect(fold(emailDecider, events)).toEqual({ status: 'claimed', holderId: id, claimedAt: at });
  });

  it('still registers a user, whose day is that of UTC', async () => {
    const [event] = await codec.decode([
      first('UserRegistered', { userId: id, limits: { maxSessions: 3 }, registeredAt: at }),
    ]);
    const limits = { maxSessions: 3, maxRecipientsPerDay: 10_000_000, maxMessagesPerMinute: 10_000_000 };
    expect(event?.data).toEqual({ userId: id, limits, timeZone: 'UTC', registeredAt: at });
  });

  it('still revokes its API key, for an owner that nobody is', async () => {
    const [event] = await codec.decode([first('ApiKeyRevoked', { keyId: id, revokedAt: at })]);
    expect(event?.data).toEqual({
      keyId: id,
      userId: '00000000-0000-0000-0000-000000000000',
      cancelUnsent: false,
      revokedAt: at,
    });
  });
});
