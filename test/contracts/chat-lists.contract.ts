import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { project, type Event, type Recorded } from '#lib/event-sourcing';
import { newId } from '#lib/ids';
import { put, type Page, type ReadModels } from '#lib/read-models';
import { mediaFiles } from '../../src/media/media-files.contract.js';
import type { ChatView, ListChats } from '../../src/messaging/chats/chat.contract.js';
import { type ChatDocument, chats, chatsProjection } from '../../src/messaging/chats/chats.projection.js';
import { chatsQueries, findShown } from '../../src/messaging/chats/chats.queries.js';
import { messageEvent, messageOwner } from '../../src/messaging/message.builders.js';
import { messages } from '../../src/messaging/messages.projection.js';
import { addresses } from '../../src/messaging/people/addresses.projection.js';
import { batchOf, type ViewsFixture, withViews } from '../support/read-models/fixture.js';

const account = '+491709876543';
const place = { userId: messageOwner.userId, sessionId: messageOwner.sessionId, account };
const at = '2026-01-02T03:04:05.600Z';

/** The list of chats where those that a person has by number and by LID became one, for every store of views. */
export const chatListsContract = (name: string, newFixture: () => Promise<ViewsFixture>): void => {
  describe(`the list of chats in ${name}`, () => {
    let fixture: ViewsFixture;
    let views: ReadModels;
    let recorded: Recorded[] = [];

    const opened = async (): Promise<ReadModels> => {
      const models = await fixture.open();
      await models.prepare([chats, messages, addresses, mediaFiles]);
      return models;
    };
    beforeAll(async () => {
      fixture = await newFixture();
      views = await opened();
    });
    afterAll(async () => {
      await views.close();
      await fixture.remove();
    });

    const writesOf = (event: Recorded) => ({ [event.position]: project(chatsProjection, event) });
    const happen = async (...events: readonly Event[]): Promise<void> => {
      for (const event of events) {
        const stored = { ...event, revision: 0, position: recorded.length + 1 } as Recorded;
        recorded = [...recorded, stored];
        await views.apply(batchOf(chats, writesOf(stored)));
      }
    };
    /** Writes documents as an earlier version of the view had them. */
    const stored = async (...documents: readonly ChatDocument[]): Promise<void> => {
      const position = recorded.length + 1;
      recorded = [
        ...recorded,
        { ...messageEvent('MessageMarked', { history: true }), revision: 0, position } as Recorded,
      ];
      await views.close();
      const { joined: _joined, ...earlier } = chats;
      const writes = documents.map((document) => put(document.id, document));
      await withViews(fixture, [earlier], (before) => before.apply(batchOf(earlier, { [position]: writes })));
      views = await opened();
    };
    /** Of a user of its own: whoever has a chat id here has that of one test alone. */
    const newWorld = () => {
      const userId = newId();
      const of = { ...place, userId };
      const heard = (chatId: string): Event => messageEvent('MessageReceived', { ...of, chatId, messageId: newId() });
      const sent = (chatId: string): Event => messageEvent('MessageQueued', { ...of, chatId, messageId: newId() });
      const read = (chatId: string): Event => messageEvent('MessageMarked', { userId, chatId });
      const areOne = (chatId: string, addressId: string): Event => ({
        type: 'AddressLearned',
        data: { ...of, addressId, chatId, address: 'x', phoneNumber: '+491701234567', lid: '1@lid', learnedAt: at },
      });
      const named = (chatId: string, savedName: string): Event => ({
        type: 'PersonNamed',
        data: {
          ...of,
          chatId,
          savedName,
          phoneNumber: null,
          lid: null,
          verifiedName: null,
          pushName: null,
          namedAt: at,
        },
      });
      const archived = (chatId: string): Event => ({
        type: 'ChatArchived',
        data: { userId, sessionId: of.sessionId, chatId, via: 'phone', archivedAt: at },
      });
      const page = async (query: Partial<ListChats['data']> = {}): Promise<Page<ChatView>> =>
        (await chatsQueries.ListChats.answer({ userId, limit: 100, ...query }, views, 0)) as Page<ChatView>;
      /** All of it, by pages of this size: `meanwhile` happens after the first. */
      const list = async (query: Partial<ListChats['data']> = {}, meanwhile: readonly Event[] = []) => {
        let { data, next } = await page(query);
        await happen(...meanwhile);
        while (next !== null) {
          const more: Page<ChatView> = await page({ ...query, cursor: next });
          [data, next] = [[...data, ...more.data], more.next];
        }
        return data.map(({ id, unread }) => [id, unread]);
      };
      return { owner: of, heard, sent, read, areOne, named, archived, list };
    };

    it('has them once, in their place and with their count by all their messages, whatever page they are on', async () => {
      const { heard, sent, areOne, list } = newWorld();
      const [one, lid, other, third] = [newId(), newId(), newId(), newId()];
      await happen(heard(one), heard(other), sent(third), sent(lid), areOne(one, lid));
      const all = [
        [one, 1],
        [third, 0],
        [other, 1],
      ];
      for (const limit of [1, 2, 100]) expect(await list({ limit })).toEqual(all);
      for (const limit of [1, 100]) {
        expect(await list({ limit, unread: true })).toEqual([all[0], all[2]]);
        expect(await list({ limit, unread: false })).toEqual([all[1]]);
      }
    });

    it('has them in their place where messages come to either of them afterwards, and are read', async () => {
      const { heard, read, areOne, list } = newWorld();
      const [one, lid, other] = [newId(), newId(), newId()];
      await happen(heard(one), areOne(one, lid), heard(other), heard(lid));
      expect(await list({ limit: 1, unread: true })).toEqual([
        [one, 2],
        [other, 1],
      ]);
      await happen(heard(other), read(lid), read(one));
      expect(await list({ limit: 1 })).toEqual([
        [other, 2],
        [one, 0],
      ]);
      expect(await list({ unread: false })).toEqual([[one, 0]]);
      await happen(heard(one));
      expect(await list({ unread: true })).toEqual([
        [one, 1],
        [other, 2],
      ]);
    });

    it.each([0, 1])('has each once where they become one between two pages, whichever is the one', async (which) => {
      const { heard, areOne, list } = newWorld();
      const [older, between, newer] = [newId(), newId(), newId()];
      await happen(heard(older), heard(between), heard(newer));
      const [stays, joins] = which === 0 ? [older, newer] : [newer, older];
      const found = await list({ limit: 1 }, [areOne(stays, joins)]);
      expect(found).toEqual([
        [newer, 1],
        [between, 1],
      ]);
      expect(await list({ limit: 1 })).toEqual([
        [stays, 2],
        [between, 1],
      ]);
    });

    it('finds them by the name that either has, and by what was done with the one', async () => {
      const { heard, areOne, named, archived, list } = newWorld();
      const [one, lid, other] = [newId(), newId(), newId()];
      await happen(named(lid, 'Lovelace'), heard(lid), heard(one), heard(other), areOne(one, lid), archived(one));
      expect(await list({ q: 'lovel' })).toEqual([[one, 2]]);
      expect(await list({ archived: true })).toEqual([[one, 2]]);
      expect(await list({ archived: false })).toEqual([[other, 1]]);
    });

    it('keeps apart what two accounts of a session have with the person', async () => {
      const { heard, areOne, list } = newWorld();
      const [one, lid, ofOther, lidOfOther] = [newId(), newId(), newId(), newId()];
      await happen(heard(one), heard(lid), heard(ofOther), areOne(one, lid), heard(lidOfOther));
      await happen(areOne(ofOther, lidOfOther));
      expect(await list()).toEqual([
        [ofOther, 2],
        [one, 2],
      ]);
    });

    it('has what there was before an upgrade, until the view is rebuilt', async () => {
      const { owner, sent, heard, archived, list } = newWorld();
      const [customer, stranger, lid, number] = [newId(), newId(), newId(), newId()];
      const wrote = { unread: 2, lastMessageId: newId(), lastPosition: 0, hasWritten: true as const };
      await stored(
        { ...owner, id: customer, ...wrote },
        { ...owner, id: stranger, unread: 0, lastMessageId: newId(), lastPosition: 0 },
        { ...owner, id: lid, ...wrote, leadsTo: number },
        { ...owner, id: number, unread: 0 },
      );
      await happen(archived(customer), sent(number), heard(stranger));
      expect(await list()).toEqual([
        [stranger, 1],
        [number, 2],
        [customer, 2],
      ]);
      expect(await findShown(views, customer)).toMatchObject({ hasWritten: true, lastPosition: 0, isArchived: true });
      for (const id of [lid, number])
        expect(await findShown(views, id)).toMatchObject({ id: number, hasWritten: true });
      await happen(sent(lid), sent(customer));
      expect(await list()).toEqual([
        [customer, 2],
        [number, 2],
        [stranger, 1],
      ]);
      expect(await findShown(views, customer)).toMatchObject({ hasWritten: true });
    });

    it('is the same after a rebuild of the view', async () => {
      const { heard, sent, areOne, list } = newWorld();
      const [one, lid, other] = [newId(), newId(), newId()];
      await happen(heard(one), heard(other), sent(lid), areOne(one, lid), heard(lid));
      const before = await list();
      expect(before).toEqual([
        [one, 2],
        [other, 1],
      ]);
      await views.beginRebuild(chats);
      const changes = Object.assign({}, ...recorded.map(writesOf)) as ReturnType<typeof writesOf>;
      await views.apply(batchOf(chats, changes, { shadow: true }));
      await views.finishRebuild(chats);
      expect(await list({ limit: 1 })).toEqual(before);
    });
  });
};
