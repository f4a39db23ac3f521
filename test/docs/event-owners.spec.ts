import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { EventTypes } from '#lib/event-sourcing';

/** What the events of a category name at least. Those of all others name the user. */
const owners: { readonly [category: string]: readonly string[] } = {
  message: ['messageId', 'userId', 'sessionId', 'chatId'],
  receipts: ['messageId', 'userId', 'sessionId', 'chatId'],
  session: ['sessionId', 'userId'],
  chat: ['chatId', 'userId', 'sessionId'],
  group: ['groupId', 'userId', 'sessionId'],
  call: ['callId', 'userId', 'sessionId'],
  webhook: ['webhookId', 'userId'],
  delivery: ['webhookId', 'userId'],
  // What belongs to no user, but to an admin or to the whole installation.
  admin: ['adminId'],
  owners: ['adminId'],
  job: ['name'],
  backups: ['backupId'],
  service: [],
};

/** Those that are about all sessions, or webhooks, of a user. */
const ofAll = ['UserSlotsPaused', 'UserSlotsResumed', 'UserSlotsClosed', 'WebhooksClosed'];

/** Fields of these names are personal wherever they are. */
const personalNames = (
  'account phoneNumber lid jid pushName email caller sender voter person chat whatsappChat participant participants to from recipients leftOut ' +
  'content mentions subject answer'
).split(' ');

const isEventTypes = (value: unknown): value is EventTypes =>
  typeof value === 'object' && value !== null && 'category' in value && 'types' in value;

const fieldsOf = (schema: object): readonly string[] => Object.keys((schema as { readonly shape: object }).shape);

describe('each event', () => {
  const all: { category: string; type: string; fields: readonly string[]; personal: readonly string[] }[] = [];

  beforeAll(async () => {
    const files = (await readdir('src', { recursive: true })).filter((name) => name.endsWith('.contract.ts'));
    for (const file of files) {
      const contract = (await import(resolve('src', file))) as object;
      for (const { category, types } of Object.values(contract).filter(isEventTypes)) {
        for (const [type, { schema, personal }] of Object.entries(types)) {
          all.push({ category, type, fields: fieldsOf(schema), personal: personal?.fields ?? [] });
        }
      }
    }
    expect(all.length).toBeGreaterThan(100);
  });

  it('names its owner', () => {
    const anonymous = all.flatMap(({ category, type, fields }) => {
      const named = ofAll.includes(type) ? ['userId'] : (owners[category] ?? ['userId']);
      const missing = named.filter((field) => !fields.includes(field));
      return missing.length > 0 ? `${type} lacks ${missing.join(', ')}` : [];
    });
    expect(anonymous).toEqual([]);
  });

  it('seals what is personal in it', () => {
    const ofPeople = all.filter(({ category }) => category !== 'quota'); // there, `from` and `to` are times
    const open = ofPeople.flatMap(({ type, fields, personal }) => {
      const missing = fields.filter((field) => personalNames.includes(field) && !personal.includes(field));
      return missing.length > 0 ? `${type} has ${missing.join(', ')} open` : [];
    });
    expect(open).toEqual([]);
  });
});
