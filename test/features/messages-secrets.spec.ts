import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { loadMasterKey } from '#lib/vault';
import { openSqliteCredentials, sealedCredentials } from '#lib/whatsapp/baileys';
import { decodeCreds } from '../../libs/whatsapp/baileys/credentials/encoding.js';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { owner } from '../support/owner.js';
import { linkRawClient } from '../support/raw-client.js';
import { Waybill } from '../support/waybill.js';

let waybill: Waybill;
beforeAll(async () => void (waybill = await Waybill.start()));
afterAll(() => waybill.end());

/** Every value of every table of a database, as text. */
const valuesIn = (file: string): string => {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const tables = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all() as string[];
    const rows = tables.flatMap((table) => db.prepare(`SELECT * FROM "${table}"`).raw().all() as unknown[][]);
    return rows
      .flat()
      .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))
      .join('\n');
  } finally {
    db.close();
  }
};

/** Every form in which bytes are likely to be written. */
const formsOf = (secret: Uint8Array): readonly string[] => {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(bytes.toJSON().data).slice(1, -1);
  const encoded = (['base64', 'base64url', 'hex', 'latin1'] as const).map((encoding) => bytes.toString(encoding));
  return [...encoded.map((text) => text.replaceAll('=', '')), json];
};

/** The keys of a session, as they are in the credentials. */
const credentialsOf = async (directory: string, sessionId: string): Promise<readonly Uint8Array[]> => {
  const store = await openSqliteCredentials({ file: join(directory, 'credentials.db') });
  try {
    const credentials = sealedCredentials(store, await loadMasterKey({ directory, mayBeNew: false }));
    const creds = decodeCreds((await credentials.read(sessionId, 'creds', [''])).get('')!);
    const { noiseKey, signedIdentityKey, signedPreKey, pairingEphemeralKeyPair } = creds;
    const pairs = [noiseKey, signedIdentityKey, signedPreKey.keyPair, pairingEphemeralKeyPair];
    return [...pairs.map((pair) => pair.private), Buffer.from(creds.advSecretKey, 'base64')];
  } finally {
    await store.close();
  }
};

it('no secret is in an event, a view, the progress of a saga or the log', async () => {
  const client = await MessagesClient.link(waybill);
  const friend = await waybill.sandbox.newPhone();
  const raw = await linkRawClient(waybill.sandbox, friend);
  const [mediaKey, messageSecret, editedKey] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const imageMessage = { mediaKey, url: 'https://127.0.0.1/x', directPath: '/x', mimetype: 'image/png' };
  const to = `${client.session.phone.number}@s.whatsapp.net`;
  await raw.socket.relayMessage(to, { imageMessage, messageContextInfo: { messageSecret } }, { messageId: '3EB0A1' });
  const key = { remoteJid: to, fromMe: true, id: '3EB0A1' };
  const editedMessage = { imageMessage: { ...imageMessage, mediaKey: editedKey, caption: 'edited' } };
  await raw.socket.relayMessage(to, { protocolMessage: { key, type: 14, editedMessage } }, {});
  await client.until(await client.send(friend, 'hello'), 'delivered');
  const shown = await eventually(async () => {
    const { text } = await client.list({ direction: 'incoming' });
    return text.includes('edited') && text;
  });
  await raw.disconnect();
  const login = (await waybill.call('POST /v1/admin/auth/login', { body: owner })).body as Record<string, string>;
  await waybill.shutDown();

  const bytes = [
    mediaKey,
    messageSecret,
    editedKey,
    ...(await credentialsOf(waybill.dataDirectory, client.session.id)),
  ];
  const texts = [client.session.user.key, owner.password, login['accessToken'], login['refreshToken']] as string[];
  const secrets = [...texts, ...bytes.flatMap(formsOf)];
  expect(secrets.every((secret) => secret.length > 8)).toBe(true);
  for (const store of ['events', 'views', 'sagas']) {
    const values = valuesIn(join(waybill.dataDirectory, `${store}.db`));
    expect(values.length).toBeGreaterThan(100);
    expect(secrets.filter((secret) => values.includes(secret))).toEqual([]);
  }
  expect(secrets.filter((secret) => waybill.output().includes(secret) || shown.includes(secret))).toEqual([]);
  expect(valuesIn(join(waybill.dataDirectory, 'events.db'))).toContain('sealedKey'); // the scan sees what is there
});
