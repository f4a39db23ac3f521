import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MessagesClient } from '../support/messages-client.js';
import { eventually } from '../support/eventually.js';
import { Waybill } from '../support/waybill.js';
import type { SandboxPhone } from '../support/waybill-sandbox.js';

const pauseMs = 2000;

describe('messages of a paced session', () => {
  let waybill: Waybill;
  beforeAll(async () => {
    waybill = await Waybill.start({
      WAYBILL_MESSAGES_PER_MINUTE: String(60_000 / pauseMs),
      WAYBILL_MESSAGES_JITTER: '0',
    });
  });
  afterAll(() => waybill.end());

  it('are sent one after the other with pauses, to whomever they go, and record what they wait for', async () => {
    const client = await MessagesClient.link(waybill);
    const friends = await Promise.all([1, 2, 3].map(() => waybill.sandbox.newPhone()));
    const ids: string[] = [];
    for (const friend of friends) ids.push(await client.send(friend, 'hello'));
    const [first, , last] = await Promise.all(ids.map((id) => client.until(id, 'delivered')));

    const received = await Promise.all(
      friends.map(async ({ number }) => {
        const [message] = await waybill.sandbox.messages<{ readonly receivedAt: string }>(number);
        return Date.parse(message?.receivedAt ?? '');
      }),
    );
    // The sandbox may be slow with one message and fast with the next: only the sum of both pauses is certain.
    expect((received[2] ?? 0) - (received[0] ?? 0)).toBeGreaterThan(pauseMs);
    expect(first?.timeline.map(({ event }) => event)).not.toContain('held');
    expect(last?.timeline).toContainEqual(
      expect.objectContaining({ event: 'held', detail: expect.stringContaining('pauses between them') }),
    );
  });

  it('of another session are not delayed by them', async () => {
    const [busy, free] = [await MessagesClient.link(waybill), await MessagesClient.link(waybill)];
    const friend = await waybill.sandbox.newPhone();
    const waiting = await Promise.all(['one', 'two', 'three', 'four'].map((body) => busy.send(friend, body)));
    const id = await free.send(friend, 'at once');
    await free.until(id, 'sent');
    expect((await busy.get(waiting.at(-1) ?? '')).status).toBe('queued');
  });

  it('wait until a time that their timeline and the session tell, and for no longer than is set meanwhile', async () => {
    const client = await MessagesClient.link(waybill);
    await set(client, { messagesPerMinute: 1 });
    const friend = await waybill.sandbox.newPhone();
    const [first, second] = [await client.send(friend, 'one'), await client.send(friend, 'two')];
    await client.until(first, 'sent');
    const held = await heldStep(client, second);
    expect(Date.parse(held.until ?? '')).toBeGreaterThan(Date.now());
    expect(held.detail).toContain(`Held until about ${held.until}`);
    const shown = { enabled: true, messagesPerMinute: 1, newContactsPerDay: null, waiting: 1 };
    expect(await pacingOf(client)).toMatchObject(shown);
    const { heldUntil, because } = await pacingOf(client);
    expect(Math.abs(Date.parse(heldUntil ?? '') - Date.parse(held.until ?? ''))).toBeLessThan(5000);
    expect(because).toContain('pauses between them');
    await set(client, { enabled: false });
    await client.until(second, 'sent');
    expect(await pacingOf(client)).toMatchObject({ enabled: false, messagesPerMinute: null, waiting: 0 });
  });

  describe('also after a crash', () => {
    let slow: AfterCrash;
    let forbidden: AfterCrash;
    beforeAll(async () => {
      [slow, forbidden] = [await slowToStrangers(), await forbiddenToStrangers()];
      await waybill.kill();
      await waybill.boot();
    });

    it('go slowly to people who never wrote, and at once to those who answer', async () => {
      await expect(slow()).resolves.toBeUndefined();
    });

    it('are held while WhatsApp forbids them: to strangers alone, until it ends', async () => {
      await expect(forbidden()).resolves.toBeUndefined();
    });
  });

  it('wait while it is quiet where their recipients live', async () => {
    const client = await MessagesClient.link(waybill);
    await set(client, {
      messagesPerMinute: 6000,
      quietHours: { from: '00:00', to: '23:59', timeZone: 'Europe/Berlin' },
    });
    const friend = await stranger();
    const id = await client.send(friend, 'good night');
    expect((await heldStep(client, id)).detail).toContain('quiet hours');
    await set(client, { messagesPerMinute: 6000, quietHours: null });
    await client.until(id, 'sent');
  });

  it('are paced as their user is set where the session is not, and as the service where neither is', async () => {
    const client = await MessagesClient.link(waybill);
    const path = `PATCH /v1/admin/users/${client.session.user.id}`;
    const body = { pacing: { messagesPerMinute: 7, newContactsPerDay: 3 } };
    const user = await waybill.admin(path, { body });
    expect(user.body).toMatchObject({ pacing: body.pacing });
    await eventually(async () => (await pacingOf(client)).newContactsPerDay === 3);
    await set(client, { messagesPerMinute: 9 });
    await eventually(async () => (await pacingOf(client)).messagesPerMinute === 9);
    expect(await pacingOf(client)).toMatchObject({ newContactsPerDay: 3 });
    await waybill.admin(path, { body: { pacing: {} } });
    await set(client, {});
    await eventually(async () => (await pacingOf(client)).messagesPerMinute === 60_000 / pauseMs);
  });

  it('are not paced by settings that make no sense', async () => {
    const { user, id } = await waybill.link(await waybill.newUser());
    for (const pacing of [
      { messagesPerMinute: 0 },
      { quietHours: { from: '22:00', to: '22:00' } },
      { quietHours: { from: '22:00', to: '25:00' } },
      { quietHours: { from: '22:00', to: '08:00', timeZone: 'Mars/Olympus' } },
      { unknown: true },
    ]) {
      const answer = await waybill.call(`PATCH /v1/sessions/${id}`, { key: user.key, body: { settings: { pacing } } });
      expect(answer.body).toMatchObject({ status: 400, code: 'validation_failed' });
    }
  });

  /** One stranger is written to, and messages to the others are held: answers what is to be seen of them after a crash. */
  const slowToStrangers = async (): Promise<AfterCrash> => {
    const client = await MessagesClient.link(waybill);
    await set(client, { messagesPerMinute: 6000, newContactsPerDay: 1 });
    const [one, two, three] = [await stranger(), await stranger(), await stranger()];
    const first = await client.send(one, 'hello');
    await client.until(first, 'sent');
    const second = await client.send(two, 'hello');
    const more = await client.send(two, 'and more');
    const held = await heldStep(client, second);
    expect(held.until).toMatch(/T00:00:00/);
    expect(await heldStep(client, more)).toMatchObject({ until: held.until });
    await client.until(await client.send(one, 'again'), 'sent');

    return async () => {
      const third = await client.send(three, 'hello');
      await heldStep(client, third);
      await eventually(async () => (await pacingOf(client)).waiting === 3);
      const { timeline } = await client.get(second);
      expect(timeline.filter(({ event }) => event === 'held')).toHaveLength(1);

      await waybill.sandbox.ask(`POST /phones/${two.number}/messages`, {
        to: client.session.phone.number,
        type: 'text',
        text: 'who is this?',
      });
      await client.until(more, 'sent');
      expect((await client.get(third)).status).toBe('queued');
    };
  };

  /** Of a session that WhatsApp lets write to nobody new, one message is held: answers the same. */
  const forbiddenToStrangers = async (): Promise<AfterCrash> => {
    const client = await MessagesClient.link(waybill);
    await set(client, { enabled: false });
    const [friend, other] = [await stranger(), await stranger()];
    const write = (from: SandboxPhone) =>
      waybill.sandbox.ask(`POST /phones/${from.number}/messages`, {
        to: client.session.phone.number,
        type: 'text',
        text: 'hello',
      });
    const restrict = (change: object) => waybill.sandbox.ask(`PATCH /phones/${client.session.phone.number}`, change);
    const restrictionsOf = async () =>
      ((await client.call(`GET ${pathOf(client)}`)).body as { readonly restrictions: readonly object[] }).restrictions;
    await write(friend);
    expect(await restrictionsOf()).toEqual([]);
    const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000).toISOString();
    await restrict({ restricted: true, restrictionsEndAt: until });
    const lock = { kind: 'time_lock', until, detail: 'WhatsApp does not let the account start new chats for now.' };
    await eventually(async () => expect(await restrictionsOf()).toEqual([lock]));

    const held = await client.send(other, 'hello');
    expect(await heldStep(client, held)).toMatchObject({
      until,
      detail: `WhatsApp does not let the account start new chats for now. Held until ${until}.`,
    });
    await client.until(await client.send(friend, 'hello'), 'sent');
    expect(await pacingOf(client)).toMatchObject({ enabled: false, waiting: 1, heldUntil: until });

    return async () => {
      await eventually(async () => (await pacingOf(client)).waiting === 1);
      expect((await client.get(held)).timeline.filter(({ event }) => event === 'held')).toHaveLength(1);
      await restrict({ restricted: false });
      await client.until(held, 'sent');
      await eventually(async () => expect(await restrictionsOf()).toEqual([]));

      await restrict({ newChatsCapped: true });
      await eventually(async () => expect(await restrictionsOf()).toMatchObject([{ kind: 'new_chat_cap' }]));
      await client.until(await client.send(other, 'again'), 'sent');
      expect((await heldStep(client, await client.send(await stranger(), 'hello'))).detail).toContain('used up');
    };
  };

  const stranger = (): Promise<SandboxPhone> => waybill.sandbox.newPhone();
  const pathOf = (client: MessagesClient): string => `/v1/sessions/${client.session.id}`;
  const set = (client: MessagesClient, pacing: object): Promise<unknown> =>
    client.call(`PATCH ${pathOf(client)}`, { body: { settings: { pacing } } });
  const pacingOf = async (client: MessagesClient): Promise<ShownPacing> =>
    ((await client.call(`GET ${pathOf(client)}`)).body as { readonly pacing: ShownPacing }).pacing;
  const heldStep = (client: MessagesClient, id: string) =>
    eventually(async () => (await client.get(id)).timeline.find(({ event }) => event === 'held') ?? false);
});

type AfterCrash = () => Promise<void>;

type ShownPacing = {
  readonly messagesPerMinute: number | null;
  readonly newContactsPerDay: number | null;
  readonly waiting: number;
  readonly heldUntil: string | null;
  readonly because: string | null;
};
