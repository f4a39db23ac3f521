import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { MasterKey } from '#lib/vault';
import { CredentialsUnavailable, messageIdFor, type Report, type WhatsAppConnections } from '#lib/whatsapp';
import {
  openBaileysConnections,
  openSqliteCredentials,
  sealedCredentials,
  type CredentialStore,
} from '#lib/whatsapp/baileys';
import { startSandbox, type Phone, type Sandbox } from '#lib/whatsapp-sandbox';
import { eventually } from '../support/eventually.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { textsOf } from './support/gateway.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let sandbox: Sandbox;
let store: CredentialStore;
let connections: WhatsAppConnections;
let phone: Phone;
let friend: Phone;
let isFull = false;
/** The number of writes that hang; undefined where the disk works. */
let hangingWrites: number | undefined;
const reports: Report[] = [];
const nothing = (): void => undefined;

const has = (kind: Report['kind']) => eventually(() => reports.some((report) => report.kind === kind), 20_000);

beforeEach(async () => {
  reports.length = 0;
  directory = await temporaryDirectory();
  sandbox = await startSandbox();
  store = await openSqliteCredentials({ file: join(directory.path, 'credentials.db') });
  const fillable: CredentialStore = {
    read: (...args) => store.read(...args),
    write: (...args) => {
      if (isFull) return Promise.reject(new CredentialsUnavailable('The disk is full'));
      if (hangingWrites === undefined) return store.write(...args);
      hangingWrites += 1;
      return new Promise(() => undefined);
    },
    remove: (session) => store.remove(session),
    arrivals: (session) => store.arrivals(session),
    sessions: () => store.sessions(),
    close: () => store.close(),
  };
  const key = new MasterKey(randomBytes(32));
  connections = openBaileysConnections({
    key,
    scratchDirectory: directory.path,
    credentials: sealedCredentials(fillable, key),
    report: (_session, report) => void reports.push(report),
    sentMessages: async () => undefined,
    proxies: () => Promise.resolve(undefined),
    log: { debug: nothing, warn: nothing, error: nothing },
    url: sandbox.url,
    ca: sandbox.caCertificate,
  });
  [phone, friend] = [sandbox.phones.create({}), sandbox.phones.create({})];
  await connections.start('one');
  await has('qr');
  const qr = reports.flatMap((report) => (report.kind === 'qr' ? report.qr : []))[0] ?? '';
  await phone.scan(qr);
  await has('open');
});

afterEach(async () => {
  await connections.close();
  await store.close();
  await sandbox.stop();
  await directory.remove();
});

const send = (body: string) =>
  connections.send('one', {
    whatsappId: messageIdFor(body),
    to: `${friend.number}@s.whatsapp.net`,
    content: { type: 'text', body },
  });

it('a message whose keys cannot be stored is not sent, and is sent once as soon as they can be', async () => {
  await send('before');
  isFull = true;
  await expect(send('too much')).rejects.toMatchObject({ name: 'SendFailed', outcome: { kind: 'unknown' } });
  await has('closed');
  expect(reports.at(-1)).toMatchObject({ kind: 'closed', disconnect: { reason: 'connection_lost', retry: 'later' } });
  expect(textsOf(friend)).toEqual(['before']);

  isFull = false;
  reports.length = 0;
  await connections.start('one');
  await has('open');
  await send('too much');
  await eventually(() => textsOf(friend).length === 2);
  expect(friend.messages().map(({ text, duplicate }) => [text, duplicate])).toEqual([
    ['before', undefined],
    ['too much', undefined],
  ]);
});

it('a message is not sent before its keys are on disk', async () => {
  await send('before');
  hangingWrites = 0;
  const sending = send('waiting').catch((error: unknown) => error);
  await eventually(() => (hangingWrites ?? 0) >= 2); // for the friend, and for the phone of the account
  hangingWrites = undefined;
  await connections.stop('one');
  expect(await sending).toMatchObject({ name: 'SendFailed' });
  reports.length = 0;
  await connections.start('one');
  await has('open');
  await send('after');
  await eventually(() => textsOf(friend).includes('after'));
  expect(textsOf(friend)).toEqual(['before', 'after']);
});

it('messages that come while the disk is full are not confirmed, and come again in order when it is not', async () => {
  sandbox.transcript.setCapacity(10_000);
  const write = (text: string) => friend.send({ to: phone.number, type: 'text', text });
  await write('before');
  await has('message');
  isFull = true;
  const texts = Array.from({ length: 20 }, (_, n) => `message ${n}`);
  for (const text of texts) await write(text);
  await has('closed');

  isFull = false;
  await connections.start('one');
  await write('after');
  const received = () =>
    reports.flatMap((report) =>
      report.kind === 'message' && report.message.content.type === 'text' ? report.message.content.body : [],
    );
  await eventually(() => received().includes('after'), 20_000);
  expect(received()).toEqual(['before', ...texts, 'after']);
  expect(
    sandbox.transcript.entries().filter(({ stanza }) => stanza.tag === 'receipt' && stanza.attrs['type'] === 'retry'),
  ).toEqual([]);
});
