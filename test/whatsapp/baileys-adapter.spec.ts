import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Timing } from '#lib/whatsapp/baileys';
import { messageIdFor, type Disconnect, type SendFailed } from '#lib/whatsapp';
import { startSandbox, type Phone, type Sandbox } from '#lib/whatsapp-sandbox';
import { eventually } from '../support/eventually.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Gateway, textsOf } from './support/gateway.js';

const failure = (sending: Promise<unknown>): Promise<SendFailed> =>
  sending.then(
    () => Promise.reject(new Error('It was sent')),
    (error: SendFailed) => error,
  );
const ends = (reason: Disconnect['reason'], more: Partial<Disconnect> = {}) => ({
  kind: 'closed',
  disconnect: { reason, ...more },
});

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let sandbox: Sandbox;
let gateway: Gateway;
const open = async (more?: Partial<Timing>) => {
  gateway = await Gateway.open(directory.path, sandbox, more);
};

beforeEach(async () => {
  directory = await temporaryDirectory();
  sandbox = await startSandbox();
});
afterEach(async () => {
  await gateway.close();
  await sandbox.stop();
  await directory.remove();
});

describe('linking', () => {
  it('by QR is reported step by step, the restart that it takes left out', async () => {
    await open();
    const phone = sandbox.phones.create({ number: '+49 170 1234567', name: 'Shop' });
    const { account } = await gateway.link(phone);
    expect(account).toMatchObject({
      phoneNumber: '+491701234567',
      jid: '491701234567:1@s.whatsapp.net',
      lid: `${phone.lid}:1@lid`,
      platform: 'android',
    });
    expect(gateway.reports.map(({ report }) => report.kind).slice(0, 4)).toEqual([
      'connecting',
      'qr',
      'paired',
      'open',
    ]);
    const [{ expiresAt } = { expiresAt: '' }] = gateway.all('qr');
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(50_000);
    expect(gateway.connections.connection('one')).toEqual({ state: 'open', lastSeenAt: expect.any(String) });
    await eventually(
      () =>
        gateway
          .all('open')
          .concat(gateway.all('renamed') as never[])
          .at(-1)?.account.pushName === 'Shop',
    );
    expect(await gateway.connections.linkedSessions()).toEqual(['one']);
  });

  it('by code shows the code, once, and no QR', async () => {
    await open({ qr: 3_000 });
    const phone = sandbox.phones.create();
    const start = () => gateway.connections.start('one', { pairByCode: `+${phone.number}` });
    const { code, expiresAt } = await gateway.after('pairing_code', start);
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(10_000);
    await eventually(async () => Boolean(await gateway.after('open', () => phone.enterCode(code))));
    expect(gateway.all('pairing_code')).toHaveLength(1);
    expect(gateway.all('qr')).toEqual([]);
  });

  it('that nobody does ends, leaves nothing behind, and can begin anew', async () => {
    await open({ qr: 100 });
    expect(await gateway.after('closed', () => gateway.connections.start('one'))).toMatchObject(
      ends('pairing_expired', { retry: 'never' }),
    );
    expect(new Set(gateway.all('qr').map(({ qr }) => qr)).size).toBe(6);
    expect(await gateway.connections.linkedSessions()).toEqual([]);
    const abandoned = { pairByCode: `+${sandbox.phones.create().number}` };
    await gateway.after('closed', () => gateway.connections.start('one', abandoned));
    expect((await gateway.after('qr', () => gateway.connections.start('one'))).qr).toContain('https://');
  });
});

describe('a linked session', () => {
  let phone: Phone;
  let friend: Phone;
  const heardFrom = (number: string) =>
    gateway.all('message').flatMap(({ message: { sender, content } }) => {
      return sender.phoneNumber === `+${number}` && content.type === 'text' ? content.body : [];
    });
  beforeEach(async () => {
    await open();
    phone = sandbox.phones.create({ name: 'Shop' });
    friend = sandbox.phones.create({ name: 'Ada' });
    await gateway.link(phone);
  });

  it('sends, and hears that the message is delivered and read', async () => {
    friend.set({ receipts: 'read' });
    const { sentAt } = await gateway.send(friend, 'hello');
    expect(Math.abs(Date.parse(sentAt) - Date.now())).toBeLessThan(5_000);
    await eventually(() => gateway.all('receipt').length >= 2);
    expect(gateway.all('receipt').map(({ receipt }) => receipt)).toEqual(
      ['delivered', 'read'].map((status) => ({
        status,
        whatsappIds: [messageIdFor('hello')],
        at: expect.any(String),
        chat: `${friend.number}@s.whatsapp.net`,
        participant: null,
      })),
    );
    expect(friend.messages()).toMatchObject([{ id: messageIdFor('hello'), text: 'hello', from: phone.number }]);
  });

  it('sends to a person by LID', async () => {
    await gateway.send(`${friend.lid}@lid`, 'hidden');
    await eventually(() => textsOf(friend).includes('hidden'));
  });

  it('sends answers and mentions', async () => {
    const asked = await friend.send({ to: phone.number, type: 'text', text: 'Are you open?' });
    const { message } = await gateway.nth('message', 1);
    await gateway.connections.send('one', {
      whatsappId: messageIdFor('answer'),
      to: message.key.chat,
      content: { type: 'text', body: `Yes @${friend.number}`, mentions: [`+${friend.number}`] },
      replyTo: { ...message.key, text: 'Are you open?' },
    });
    await eventually(() => textsOf(friend).length === 1);
    expect(friend.messages().at(-1)).toMatchObject({ replyTo: asked.id, mentions: [friend.number] });
  });

  it('sends many side by side, in the order in which they were given', async () => {
    const texts = Array.from({ length: 30 }, (_, index) => `text ${index}`);
    await Promise.all(texts.map((text) => gateway.send(friend, text)));
    await eventually(() => textsOf(friend).length === texts.length);
    expect(textsOf(friend)).toEqual(texts);
  });

  it('sends an id that is asked for twice at the same time once', async () => {
    await Promise.all([gateway.send(friend, 'twice'), gateway.send(friend, 'twice')]);
    await gateway.send(friend, 'end');
    await eventually(() => textsOf(friend).includes('end'));
    expect(friend.messages().map(({ text }) => text)).toEqual(['twice', 'end']);
  });

  it('receives, edits, revocations and reactions included', async () => {
    const { id } = await friend.send({ to: phone.number, type: 'text', text: 'hello' });
    expect((await gateway.nth('message', 1)).message).toMatchObject({
      key: { whatsappId: id, chat: `${friend.number}@s.whatsapp.net`, fromMe: false, participant: null },
      sender: { phoneNumber: `+${friend.number}`, lid: `${friend.lid}@lid` },
      pushName: 'Ada',
      content: { type: 'text', body: 'hello' },
      wasWaiting: false,
      replyTo: null,
    });
    await friend.send({ to: phone.number, type: 'edit', messageId: id, text: 'hallo' });
    expect(await gateway.nth('edited', 1)).toMatchObject({ whatsappId: id, content: { body: 'hallo' } });
    await gateway.send(friend, 'mine');
    await eventually(() => textsOf(friend).includes('mine'));
    await friend.send({ to: phone.number, type: 'reaction', messageId: messageIdFor('mine'), emoji: '❤️' });
    expect(await gateway.nth('reaction', 1)).toMatchObject({ whatsappId: messageIdFor('mine'), emoji: '❤️' });
    await friend.send({ to: phone.number, type: 'revoke', messageId: id });
    expect(await gateway.nth('revoked', 1)).toMatchObject({ whatsappId: id });
    expect(gateway.all('message')).toHaveLength(1);
  });

  it('receives what its own phone writes, as written by itself', async () => {
    await phone.send({ to: friend.number, type: 'text', text: 'from the phone' });
    expect((await gateway.nth('message', 1)).message).toMatchObject({
      key: { chat: `${friend.number}@s.whatsapp.net`, fromMe: true },
      chat: { phoneNumber: `+${friend.number}` },
      sender: { phoneNumber: `+${phone.number}`, lid: `${phone.lid}@lid` },
    });
  });

  it('receives, once, what came while it was away', async () => {
    await gateway.connections.stop('one');
    await friend.send({ to: phone.number, type: 'text', text: 'missed' });
    await gateway.start();
    const { message } = await gateway.nth('message', 1);
    expect(message).toMatchObject({ content: { body: 'missed' }, wasWaiting: true });
    await eventually(() => phone.devices()[0]?.waiting === 0);
    expect(gateway.all('message')).toHaveLength(1);
  });

  it('receives what people write in quick succession in their order, also from those it does not know yet', async () => {
    const friends = Array.from({ length: 5 }, () => sandbox.phones.create());
    const bodies = ['one', 'two', 'three', 'four', 'five'];
    const send = (from: Phone, text: string) => from.send({ to: phone.number, type: 'text', text });
    await Promise.all(friends.flatMap((from) => bodies.map((text) => send(from, text))));
    await eventually(() => gateway.all('message').length === friends.length * bodies.length);
    for (const { number } of friends) expect(heardFrom(number)).toEqual(bodies);
  });

  it('receives what waited before what is written after it is back', async () => {
    await gateway.connections.stop('one');
    const bodies = Array.from({ length: 60 }, (_, n) => `number ${n}`);
    const send = (text: string) => friend.send({ to: phone.number, type: 'text', text });
    for (const body of bodies.slice(0, 30)) await send(body);
    await gateway.start();
    await Promise.all(bodies.slice(30).map(send));
    await eventually(() => gateway.all('message').length === bodies.length);
    expect(heardFrom(friend.number)).toEqual(bodies);
  });

  it('is told again, in order, what was not recorded, though WhatsApp has forgotten it', async () => {
    const send = (text: string) => friend.send({ to: phone.number, type: 'text', text });
    await send('recorded');
    await gateway.nth('message', 1);
    gateway.recording = () => Promise.reject(new Error('The disk is full'));
    await send('refused');
    await gateway.nth('message', 2);
    gateway.recording = () => new Promise(() => undefined);
    await send('cut off');
    await gateway.nth('message', 3);
    await eventually(() => phone.devices()[0]?.waiting === 0);

    await gateway.close();
    gateway.recording = () => Promise.resolve();
    await gateway.reopen();
    await gateway.start();
    expect(heardFrom(friend.number)).toEqual(['recorded', 'refused', 'cut off', 'refused', 'cut off']);
    await send('new');
    await gateway.nth('message', 6);

    await gateway.close();
    await gateway.reopen();
    await gateway.start();
    expect(gateway.all('message')).toHaveLength(6);
  });

  it('leaves a receipt with WhatsApp until it is recorded', async () => {
    gateway.recording = ({ kind }) => (kind === 'receipt' ? new Promise(() => undefined) : Promise.resolve());
    await gateway.send(friend, 'hello');
    const delivered = () => gateway.all('receipt').filter(({ receipt }) => receipt.status === 'delivered');
    await eventually(() => delivered().length === 1);
    expect(phone.devices()[0]?.waiting).toBe(1);
    gateway.recording = () => Promise.resolve();
    await gateway.connections.stop('one');
    await gateway.start();
    await eventually(() => delivered().length === 2 && phone.devices()[0]?.waiting === 0);
  });

  it('hears of receipts that came while it was away', async () => {
    friend.set({ receipts: 'none' });
    await gateway.send(friend, 'on its way');
    await eventually(() => textsOf(friend).includes('on its way'));
    await gateway.connections.stop('one');
    friend.markRead(messageIdFor('on its way'));
    await gateway.start();
    await eventually(() => gateway.all('receipt').some(({ receipt }) => receipt.status === 'read'));
  });

  it('marks as read', async () => {
    const { id } = await friend.send({ to: phone.number, type: 'text', text: 'hello' });
    const { message } = await gateway.nth('message', 1);
    await gateway.connections.markRead('one', [message.key]);
    await eventually(() => friend.messages().find((each) => each.id === id)?.status === 'read');
  });

  it('checks numbers, in the order asked', async () => {
    const missing = sandbox.phones.create();
    missing.set({ exists: false });
    expect(await gateway.connections.checkNumbers('one', [`+${missing.number}`, `+${friend.number}`])).toEqual([
      { phoneNumber: `+${missing.number}`, exists: false, jid: null, lid: null },
      {
        phoneNumber: `+${friend.number}`,
        exists: true,
        jid: `${friend.number}@s.whatsapp.net`,
        lid: `${friend.lid}@lid`,
      },
    ]);
    sandbox.faults.add({ kind: 'rate-limit' });
    await expect(gateway.connections.checkNumbers('one', [`+${friend.number}`])).rejects.toMatchObject({
      name: 'QueryFailed',
      code: 429,
    });
  });

  it('receives files, and downloads them', async () => {
    const bytes = randomBytes(100_003);
    await friend.send({ to: phone.number, type: 'image', bytes, text: 'Look' });
    const { message } = await gateway.nth('message', 1);
    if (message.content.type !== 'image') throw new Error(`It came as ${message.content.type}`);
    const { media, caption, size } = message.content;
    expect({ caption, size }).toEqual({ caption: 'Look', size: bytes.length });
    expect(bytes.equals(await buffer(await gateway.connections.downloadMedia(media)))).toBe(true);

    const wrong = await gateway.connections.downloadMedia({ ...media, sha256: randomBytes(32).toString('base64') });
    await expect(buffer(wrong)).rejects.toMatchObject({ name: 'DownloadFailed', gone: false });
    sandbox.mediaFaults.add({ on: 'download', kind: 'status', status: 404, count: 1 });
    await expect(gateway.connections.downloadMedia(media)).rejects.toMatchObject({
      name: 'DownloadFailed',
      gone: true,
    });
    sandbox.mediaFaults.add({ on: 'download', kind: 'cut', count: 1 });
    const cut = gateway.connections.downloadMedia(media).then(buffer);
    await expect(cut).rejects.toMatchObject({ name: 'DownloadFailed', gone: false });
  });

  it('takes part in a group, and hears of each of its members', async () => {
    const third = sandbox.phones.create({ name: 'Bob' });
    const { jid } = friend.groups.create({ subject: 'Friends', participants: [phone.number, third.number] });
    await friend.send({ to: jid, type: 'text', text: 'hello all' });
    expect((await gateway.nth('message', 1)).message).toMatchObject({
      key: { chat: jid, participant: expect.stringContaining('@') },
      sender: { phoneNumber: `+${friend.number}`, lid: `${friend.lid}@lid` },
      content: { body: 'hello all' },
    });
    await gateway.send(jid, 'hello both');
    await eventually(() => [friend, third].every((each) => textsOf(each).includes('hello both')));
    const readers = () =>
      gateway.all('receipt').filter(({ receipt }) => receipt.status === 'delivered' && receipt.participant);
    await eventually(() => new Set(readers().map(({ receipt }) => receipt.participant)).size === 2);
    expect(new Set(readers().map(({ receipt }) => receipt.chat))).toEqual(new Set([jid]));
  });

  it('is told what was refused, and may go on', async () => {
    sandbox.faults.add({ kind: 'nack', code: 463 });
    expect((await failure(gateway.send(friend, 'refused'))).outcome).toMatchObject({
      kind: 'refused',
      refusal: { code: 463, retryable: false },
    });
    await gateway.send(friend, 'fine');
    expect(gateway.all('refused')).toEqual([]);
  });

  it('hears of an ack that came when nobody waited for it any longer', async () => {
    await gateway.close();
    await gateway.reopen({ ack: 200 });
    await gateway.start();
    sandbox.faults.add({ kind: 'slow-ack', ms: 1_000 });
    expect((await failure(gateway.send(friend, 'slow'))).outcome).toEqual({ kind: 'unknown' });
    await eventually(() => gateway.all('receipt').some(({ receipt }) => receipt.status === 'sent'));
    expect(gateway.all('receipt').find(({ receipt }) => receipt.status === 'sent')).toMatchObject({
      receipt: { whatsappIds: [messageIdFor('slow')] },
    });
  });

  it('does not know what became of a message whose ack is lost; sent again, it is received once', async () => {
    await gateway.close();
    await gateway.reopen({ ack: 500 });
    await gateway.start();
    sandbox.faults.add({ kind: 'lose-ack' });
    expect((await failure(gateway.send(friend, 'lost'))).outcome).toEqual({ kind: 'unknown' });
    await gateway.send(friend, 'lost');
    await eventually(() => friend.messages().length === 2);
    expect(friend.messages().map(({ text, duplicate }) => [text, duplicate])).toEqual([
      ['lost', undefined],
      ['lost', true],
    ]);
  });

  it('does not know what became of a message whose ack the end of the connection overtook', async () => {
    sandbox.faults.add({ kind: 'lose-ack', count: 2 });
    const [sending, waiting] = [failure(gateway.send(friend, 'cut off')), failure(gateway.send(friend, 'behind it'))];
    await eventually(() => textsOf(friend).includes('cut off'));
    await gateway.connections.stop('one');
    expect((await sending).outcome).toEqual({ kind: 'unknown' });
    expect((await waiting).outcome.kind).toMatch(/unknown|not_sent/);
    expect((await failure(gateway.send(friend, 'too late'))).outcome).toEqual({ kind: 'not_sent' });
  });

  it('repeats a message that its receiver could not read', async () => {
    sandbox.faults.add({ kind: 'retry' });
    await gateway.send(friend, 'say again');
    await eventually(() => textsOf(friend).includes('say again'));
  });

  it.each([
    ['drop', {}, 'connection_closed', 428, 'later'],
    ['replaced', {}, 'replaced', 440, 'never'],
    ['stream-error', { code: 503 }, 'service_unavailable', 503, 'later'],
    ['stream-error', { code: 515 }, 'restart_required', 515, 'at_once'],
    ['stream-error', { code: 500 }, 'server_error', 500, 'later'],
  ] as const)('hears why its connection ended: %s %j', async (kind, fault, reason, code, retry) => {
    expect(await gateway.after('closed', () => sandbox.faults.add({ kind, ...fault }))).toMatchObject(
      ends(reason, { code, retry }),
    );
    expect(gateway.connections.connection('one')).toBeUndefined();
    await gateway.start();
    await gateway.send(friend, 'back');
    expect(gateway.all('closed')).toHaveLength(1);
  });

  it('hears that the phone unlinked it, and is not let in again', async () => {
    const unlinked = ends('logged_out', { code: 401, retry: 'never' });
    expect(await gateway.after('closed', () => sandbox.faults.add({ kind: 'logged-out' }))).toMatchObject(unlinked);
    expect(await gateway.after('closed', () => gateway.connections.start('one'))).toMatchObject(unlinked);
  });

  it('finds out that a server is frozen, though nothing says so', async () => {
    await gateway.close();
    await gateway.reopen({ keepAlive: 1_000, grace: 1_000 });
    await gateway.start();
    const closed = await gateway.after('closed', () => sandbox.faults.add({ kind: 'freeze' }));
    expect(closed).toMatchObject(ends('connection_lost', { code: 408, retry: 'later' }));
    await gateway.start();
    await gateway.send(friend, 'alive again');
  });

  it('stays open while nothing happens', async () => {
    await gateway.close();
    await gateway.reopen({ keepAlive: 500, grace: 3_000 });
    await gateway.start();
    const { lastSeenAt } = gateway.connections.connection('one')!;
    const later = new Date(Date.parse(lastSeenAt!) + 1_500).toISOString();
    await eventually(() => gateway.connections.connection('one')!.lastSeenAt! > later);
    expect(gateway.all('closed').filter(({ disconnect }) => disconnect.reason !== 'stopped')).toEqual([]);
  });

  it.each([
    ['refuse', {}, 'connection_lost', null],
    ['upgrade-error', { code: 403 }, 'upgrade_refused', 403],
    ['upgrade-error', { code: 503 }, 'upgrade_refused', 503],
  ] as const)('hears that it was not let in: %s %j', async (kind, fault, reason, code) => {
    await gateway.connections.stop('one');
    sandbox.faults.add({ kind, ...fault });
    const { disconnect } = await gateway.after('closed', () => gateway.connections.start('one'));
    expect(disconnect).toMatchObject({ reason, retry: 'later', ...(code !== null && { code }) });
    await gateway.start();
  });

  it('is not lost with the process: it connects with what was stored', async () => {
    await gateway.send(friend, 'before');
    await gateway.close();
    await gateway.reopen();
    await gateway.start();
    await gateway.send(friend, 'after');
    await friend.send({ to: phone.number, type: 'text', text: 'welcome back' });
    await gateway.nth('message', 1);
    await eventually(() => textsOf(friend).length === 2);
    expect(gateway.all('qr')).toHaveLength(1);
    expect(textsOf(friend)).toEqual(['before', 'after']);
  });

  it('is gone from the phone and the disk when it logs out', async () => {
    expect(await gateway.connections.logout('one')).toEqual({ unlinked: true });
    await eventually(() => phone.devices().length === 0);
    expect(gateway.all('closed')).toMatchObject([ends('logged_out')]);
    expect(await gateway.connections.linkedSessions()).toEqual([]);
    await gateway.after('qr', () => gateway.connections.start('one'));
  });

  it('is gone from the phone when it logs out while it is closed, and nobody hears of that connection', async () => {
    await gateway.connections.stop('one');
    await friend.send({ to: phone.number, type: 'text', text: 'too late' });
    const { length } = gateway.reports;
    expect(await gateway.connections.logout('one')).toEqual({ unlinked: true });
    expect(phone.devices()).toEqual([]);
    expect(gateway.reports).toHaveLength(length);
    expect(await gateway.connections.linkedSessions()).toEqual([]);
  });

  it('is gone from the phone when it logs out before it is connected again', async () => {
    await gateway.connections.stop('one');
    await gateway.connections.start('one');
    expect(await gateway.connections.logout('one')).toEqual({ unlinked: true });
    expect(phone.devices()).toEqual([]);
    expect(gateway.all('closed').at(-1)).toMatchObject(ends('logged_out'));
  });

  it.each(['refuse', 'freeze'] as const)('is forgotten when WhatsApp cannot be told in time: %s', async (kind) => {
    await gateway.close();
    await gateway.reopen({ leave: 1_000 });
    sandbox.faults.add({ kind });
    expect(await gateway.connections.logout('one')).toEqual({ unlinked: false });
    expect(phone.devices()).toHaveLength(1);
    expect(await gateway.connections.linkedSessions()).toEqual([]);
  });

  it('keeps its link where everything ends while it logs out', async () => {
    await gateway.close();
    await gateway.reopen();
    sandbox.faults.add({ kind: 'freeze' });
    const [leaving] = await Promise.allSettled([gateway.connections.logout('one'), gateway.close()]);
    expect(leaving).toMatchObject({ status: 'rejected', reason: { name: 'NotConnected' } });
    await gateway.reopen();
    expect(await gateway.connections.linkedSessions()).toEqual(['one']);
  });

  it('is forgotten without WhatsApp being told, also while it is closed', async () => {
    await gateway.connections.forget('one');
    await gateway.connections.forget('one');
    expect(phone.devices()).toHaveLength(1);
    expect(await gateway.connections.linkedSessions()).toEqual([]);
    expect(await gateway.connections.logout('one')).toEqual({ unlinked: false });
  });

  it('logs nothing that is secret', async () => {
    await gateway.send(friend, 'a private word');
    await friend.send({ to: phone.number, type: 'text', text: 'another private word' });
    await gateway.nth('message', 1);
    await gateway.after('closed', () => sandbox.faults.add({ kind: 'stream-error', code: 503 }));
    const logged = JSON.stringify(gateway.logged);
    expect(gateway.logged.length).toBeGreaterThan(0);
    for (const secret of ['private word', phone.number, friend.number, friend.lid])
      expect(logged).not.toContain(secret);
  });
});

describe('several sessions', () => {
  let phones: readonly Phone[];
  beforeEach(async () => {
    await open();
    phones = [sandbox.phones.create(), sandbox.phones.create()];
    await Promise.all(phones.map((phone, index) => gateway.link(phone, `session ${index}`)));
  });

  it('write to each other, and each hears its own', async () => {
    const [ada, bob] = phones as [Phone, Phone];
    await Promise.all([gateway.send(bob, 'to Bob', 'session 0'), gateway.send(ada, 'to Ada', 'session 1')]);
    expect((await gateway.nth('message', 1, 'session 0')).message).toMatchObject({ content: { body: 'to Ada' } });
    expect((await gateway.nth('message', 1, 'session 1')).message).toMatchObject({ content: { body: 'to Bob' } });
    await gateway.connections.stop('session 0');
    await gateway.send(ada, 'still here', 'session 1');
    expect((await gateway.connections.linkedSessions()).toSorted()).toEqual(['session 0', 'session 1']);
  });

  it('start once, however often that is asked for', async () => {
    await gateway.connections.stop('session 0');
    await gateway.after(
      'open',
      () => Promise.all(Array.from({ length: 5 }, () => gateway.connections.start('session 0'))),
      'session 0',
    );
    expect(gateway.all('connecting', 'session 0')).toHaveLength(2);
    expect(sandbox.connections()).toBe(2);
  });
});
