import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { project, type Event, type Projection, type Recorded } from '#lib/event-sourcing';
import type { Collection, Fields } from '#lib/read-models';
import { groupParticipantsProjection, groupsProjection } from '../../src/groups/groups.projection.js';
import { chatsProjection } from '../../src/messaging/chats/chats.projection.js';
import { changesProjection } from '../../src/messaging/changes.projection.js';
import { marksProjection } from '../../src/messaging/marks/marks.projection.js';
import { messageEvent, messageOwner } from '../../src/messaging/message.builders.js';
import { messagesProjection } from '../../src/messaging/messages.projection.js';
import { newContactsProjection } from '../../src/messaging/pacing/new-contacts.projection.js';
import { addressesProjection } from '../../src/messaging/people/addresses.projection.js';
import { batchOf, type ViewsFixture, withViews } from '../support/read-models/fixture.js';
import { sqliteViewsFixture } from '../support/read-models/sqlite-fixture.js';

const at = '2026-01-02T03:04:05.600Z';
const { userId, sessionId, chatId } = messageOwner;
const place = { userId, sessionId, account: '+491701234567' };
const group = { ...place, groupId: '0199aaaa-0000-8000-8000-000000000001', chat: '120363041234567890@g.us' };
const person = { phoneNumber: '+15550001111', lid: '1@lid' };
const facts = {
  subject: 'Walkers',
  description: 'On Sundays',
  settings: { announce: false, locked: false, approval: false, ephemeralSeconds: 0 },
};

/** What WhatsApp reports of an account that was linked. */
const reported: readonly Event[] = [
  {
    type: 'GroupJoined',
    data: {
      ...group,
      ...facts,
      createdAt: at,
      createdBy: null,
      participants: [{ ...person, role: 'member' }],
      by: null,
      joinedAt: at,
    },
  },
  {
    type: 'GroupParticipantsChanged',
    data: {
      ...group,
      added: [{ ...person, lid: '2@lid', role: 'member' }],
      changed: [],
      removed: [],
      by: null,
      changedAt: at,
    },
  },
  { type: 'GroupUpdated', data: { ...group, ...facts, by: null, updatedAt: at } },
  {
    type: 'AddressLearned',
    data: { ...place, ...person, addressId: chatId, chatId, address: '1@lid', learnedAt: at },
  },
  {
    type: 'PersonNamed',
    data: { ...place, ...person, chatId, savedName: 'Bob', verifiedName: null, pushName: null, namedAt: at },
  },
  messageEvent('MessageReceived', { content: { type: 'text', body: 'Late' } }),
];
const userDeleted: readonly Event[] = [
  { type: 'UserDeleted', data: { userId, emailKey: 'k', deletedAt: at } },
  { type: 'UserMessagesErased', data: { userId, erasedAt: at } },
];
const sessionDeleted: readonly Event[] = [
  { type: 'SessionDeleted', data: { sessionId, userId, deletedAt: at } as unknown as Event['data'] },
];

const named = (projections: readonly Projection[]): readonly (readonly [string, Projection])[] =>
  projections.map((projection) => [projection.into.name, projection]);
const inViews = named([
  groupsProjection,
  groupParticipantsProjection,
  chatsProjection,
  addressesProjection,
  messagesProjection,
]);
const inOtherViews = named([changesProjection, marksProjection, newContactsProjection]);

let fixture: ViewsFixture;
beforeAll(async () => {
  fixture = await sqliteViewsFixture();
});
afterAll(() => fixture.remove());

/** How many documents a view has after these events. */
const shown = (projection: Projection, events: readonly Event[]): Promise<number> =>
  withViews(fixture, [projection.into], async (views) => {
    await views.beginRebuild(projection.into);
    for (const [index, event] of events.entries()) {
      const [position, revision] = [index + 1, index];
      const writes = project(projection, { ...event, position, revision } as unknown as Recorded);
      await views.apply(batchOf(projection.into, { [position]: writes }, { shadow: true }));
    }
    await views.apply(batchOf(projection.into, {}, { shadow: true, checkpoint: 100 }));
    await views.finishRebuild(projection.into);
    return views.count(projection.into as Collection<Fields>);
  });

describe('what is recorded after its owner was deleted', () => {
  it.each(inViews)('is not in the view %s where it was the user', async (_name, projection) => {
    expect(await shown(projection, reported)).toBeGreaterThan(0);
    expect(await shown(projection, [...reported, ...userDeleted])).toBe(0);
    expect(await shown(projection, [...userDeleted, ...reported])).toBe(0);
  });

  it.each(inViews.slice(0, 2))('is not in the view %s where it was the session', async (_name, projection) => {
    expect(await shown(projection, [...sessionDeleted, ...reported])).toBe(0);
  });

  it.each([...inViews, ...inOtherViews])(
    'stays out of the view %s by every owner that it removes documents of',
    (_name, { into, on }) => {
      const removed = ['UserDeleted', 'UserMessagesErased', 'SessionDeleted'].flatMap((type) => {
        const event = { type, data: { userId, sessionId } } as unknown as Recorded;
        return type in on ? [project({ into, on, from: [] }, event)].flat() : [];
      });
      expect(removed.length).toBeGreaterThan(0);
      for (const write of removed) expect(into.owners).toContain('field' in write && write.field);
    },
  );
});
