import { Agent as HttpsAgent } from 'node:https';
import type { AnyMessageContent, GroupMetadata } from '@whiskeysockets/baileys';
import type { PhoneMessageStatus, Phone, PhoneMessage, Sandbox } from '#lib/whatsapp-sandbox';
import { jid, linkedPhone, type TestClient } from './client.js';
import { waitUntil } from './wait-until.js';
import { startTrustedSandbox } from './sandbox.js';

type Person = { readonly phone: Phone; readonly client: TestClient };

/** Two people with a client and two with a phone only, in their own sandbox. */
export type People = {
  readonly sandbox: Sandbox;
  readonly ada: Person;
  readonly bob: Person;
  readonly carol: Phone;
  readonly dave: Phone;
  /** Log lines about messages that could not be decrypted at first. */
  readonly decryptFailures: () => readonly string[];
  /** Ada's client creates a group with Bob, Carol and Dave. */
  readonly everybody: (subject?: string) => Promise<GroupMetadata>;
  readonly stop: () => Promise<void>;
};

export async function startPeople(): Promise<People> {
  const warnings: string[] = [];
  const ignore = (): void => undefined;
  const warn = (_details: object, message: string): void => void warnings.push(message);
  const sandbox = await startTrustedSandbox({ logger: { debug: ignore, info: ignore, warn, error: ignore } });
  const fetchAgent = new HttpsAgent({ ca: sandbox.caCertificate });
  const [ada, bob] = [await linkedPhone(sandbox, 'Ada', { fetchAgent }), await linkedPhone(sandbox, 'Bob')];
  const [carol, dave] = [sandbox.phones.create({ name: 'Carol' }), sandbox.phones.create({ name: 'Dave' })];
  return {
    sandbox,
    ada,
    bob,
    carol,
    dave,
    decryptFailures: () =>
      [...warnings, ...[ada, bob].flatMap(({ client }) => client.warnings.map(({ msg }) => msg))].filter((message) =>
        message.includes('decrypt'),
      ),
    everybody: (subject = 'Everybody') => ada.client.socket.groupCreate(subject, [bob.phone, carol, dave].map(jid)),
    stop: async () => {
      await ada.client.disconnect();
      await bob.client.disconnect();
      await sandbox.stop();
    },
  };
}

export const lid = (phone: Phone): string => `${phone.lid}@lid`;

/** Sends a message from a client. Resolves with its id. */
export async function say(client: TestClient, group: string, content: string | AnyMessageContent): Promise<string> {
  const message = typeof content === 'string' ? { text: content } : content;
  return (await client.socket.sendMessage(group, message))?.key.id ?? '';
}

export const byText = (phone: Phone, text: string): PhoneMessage | undefined =>
  phone.messages().find((message) => message.text === text);

export const reads = (phone: Phone, text: string): Promise<PhoneMessage> =>
  waitUntil(`phone ${phone.name} reads "${text}"`, () => byText(phone, text));

export const statusesOf = (phone: Phone, id: string): { readonly [number: string]: PhoneMessageStatus } =>
  phone.messages().find((message) => message.id === id)?.statusByMember ?? {};
