import { z } from 'zod';
import { parseNamedRecipient } from '#lib/whatsapp';
import { PacingSettings } from '../../identity/pacing.contract.js';
import { Paging, pageOf } from '../../platform/http/paging.js';
import { SessionRestriction } from '../restriction.contract.js';
import { Pairing, sessionStatuses } from '../session.contract.js';
import { PhoneNumberText } from './fields.js';

const Time = z.iso.datetime();
const Status = z.enum(sessionStatuses);

const example = {
  id: '0199a3c4-1f00-7000-8000-00000000005e',
  userId: '0199a3c4-1f00-7000-8000-000000000001',
  name: 'Front desk',
  status: 'connected' as const,
  pairing: 'qr' as const,
  linked: true,
  phoneNumber: '+491701234567',
  pushName: 'Parcel shop',
  jid: '491701234567:3@s.whatsapp.net',
  lid: '338412907716533:3@lid',
  platform: 'android',
  connectedAt: '2026-11-23T10:00:20.000Z',
  lastSeenAt: '2026-11-23T10:05:00.000Z',
  reason: null,
  reconnectAttempt: 0,
  nextAttemptAt: null,
  settings: {
    ignore: ['groups'],
    presence: 'offline' as const,
    downloadMedia: 'always' as const,
    readReceipts: true,
    calls: { reject: false, answer: null },
    pacing: { messagesPerMinute: 12 },
    proxySet: false,
  },
  metadata: { shop: 'Berlin' },
  restrictions: [],
  pacing: {
    enabled: true,
    messagesPerMinute: 12,
    newContactsPerDay: 200,
    waiting: 3,
    heldUntil: '2026-11-23T10:05:04.000Z',
    because: 'It waits for its turn: messages of this session are sent with pauses between them.',
  },
  createdAt: '2026-11-23T10:00:00.000Z',
  updatedAt: '2026-11-23T10:00:20.000Z',
};

const ignoredKinds: readonly string[] = ['groups', 'status', 'channels'];

/** However a number or an address was typed, it is kept as it is compared. */
const ignoredAs = (text: string): string => {
  const named = ignoredKinds.includes(text) ? undefined : parseNamedRecipient(text);
  return named?.kind === 'person' ? named.phoneNumber : (named?.jid ?? text);
};

const maxAnswerCharacters = 4_096;

const settings = {
  ignore: z
    .array(
      z
        .string()
        .max(100)
        .refine(
          (text) => ignoredKinds.includes(text) || parseNamedRecipient(text) !== undefined,
          'Must be groups, status, channels, a phone number with its country code, or an address',
        )
        .overwrite(ignoredAs),
    )
    .max(1_000)
    .readonly()
    .describe(
      'Of these chats nothing is recorded from now on: all `groups`, what people post as their `status`, all `channels` that the account follows, single numbers or addresses.',
    ),
  presence: z
    .enum(['offline', 'online'])
    .describe(
      '`online`: others see the account online while the session is connected, and the phone stops notifying its owner.',
    ),
  readReceipts: z
    .boolean()
    .describe(
      'Whether senders are told that a message is marked as read or played from now on. Where not, WhatsApp is told nothing of it, so that the phone shows it as unread.',
    ),
  downloadMedia: z
    .enum(['always', 'on_demand'])
    .describe(
      '`always`: received files are fetched as they come, and those that are `pending` when this is set. `on_demand`: when their content is first asked for; WhatsApp keeps them for some weeks.',
    ),
  calls: z
    .strictObject({
      reject: z.boolean(),
      answer: z
        .string()
        .min(1)
        .max(maxAnswerCharacters)
        .nullable()
        .default(null)
        .describe('A text for the caller, once for each call. It counts like any message.'),
    })
    .describe('Whether calls to the account are rejected, and what their callers are sent then.'),
  pacing: PacingSettings.describe(
    'How fast, when and to whom messages leave, so that the number is not banned. What is left out is as the user is set, or else the service. Replaces all of it.',
  ),
};
const proxyProtocols: readonly string[] = ['http:', 'https:', 'socks5:'];

const isProxy = (text: string): boolean => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && proxyProtocols.includes(url.protocol) && url.hostname !== '';
};

const proxy = z
  .string()
  .max(2_048)
  .refine(isProxy, 'Must be the URL of a proxy: http, https or socks5')
  .nullable()
  .describe(
    'By way of it the session reaches WhatsApp, files too; null: directly. It is never shown again. The certificate of one with https is checked. A change connects the session again.',
  );

const maxMetadataEntries = 50;
const metadata = z
  .record(z.string().min(1).max(40), z.string().max(500))
  .refine(
    (entries) => Object.keys(entries).length <= maxMetadataEntries,
    `Must have ${maxMetadataEntries} entries at the most`,
  )
  .describe(`Your own data, as text: up to ${maxMetadataEntries} entries.`);

const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'Must not have control characters');

const PacingNow = z
  .object({
    enabled: z.boolean(),
    messagesPerMinute: z.number().nullable().describe('With the warm-up and the breaker; null: as fast as it can.'),
    newContactsPerDay: z.int().nullable().describe('With the warm-up; null: any number.'),
    waiting: z.int().describe('How many messages wait because of it.'),
    heldUntil: Time.nullable().describe('Until when the first of them does.'),
    because: z.string().nullable().describe('Why that one waits: a sentence.'),
  })
  .meta({ id: 'PacingNow' })
  .describe('How fast it sends at this moment. It is not in events.');

export const Session = z
  .object({
    id: z.uuid(),
    userId: z.uuid(),
    name: z.string().nullable(),
    status: Status,
    pairing: Pairing,
    linked: z.boolean().describe('It can connect without being paired again.'),
    phoneNumber: z.string().nullable().describe("E.164: the account's, or the one that the pairing code is for."),
    pushName: z.string().nullable().describe('What others see.'),
    jid: z.string().nullable(),
    lid: z.string().nullable(),
    platform: z.string().nullable().describe('Of the phone.'),
    connectedAt: Time.nullable(),
    lastSeenAt: Time.nullable().describe('When anything was last received from WhatsApp.'),
    reason: z.string().nullable().describe('Why it is not connected: a sentence.'),
    reconnectAttempt: z.int().describe('0 while it is not reconnecting.'),
    nextAttemptAt: Time.nullable(),
    settings: z.object({
      ...settings,
      pacing: settings.pacing.exactOptional(),
      proxySet: z.boolean().describe('Whether it reaches WhatsApp by way of a proxy.'),
    }),
    metadata,
    restrictions: z
      .array(SessionRestriction)
      .readonly()
      .describe('What WhatsApp forbids the account. Messages that this concerns wait until it ends.'),
    pacing: PacingNow.exactOptional(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Session', examples: [example] });

export const Sessions = pageOf(Session, 'Sessions', example);

const SettingsChange = z.strictObject({
  ignore: settings.ignore.exactOptional(),
  presence: settings.presence.exactOptional(),
  downloadMedia: settings.downloadMedia.exactOptional(),
  readReceipts: settings.readReceipts.exactOptional(),
  calls: settings.calls.exactOptional(),
  pacing: settings.pacing.exactOptional(),
  proxy: proxy.exactOptional(),
});

export const SessionChange = z
  .strictObject({
    name: name.exactOptional(),
    settings: SettingsChange.exactOptional().describe('What is left out stays.'),
    metadata: metadata.exactOptional().describe('Replaces all of it.'),
  })
  .refine((change) => Object.keys(change).length > 0, 'Say what to change')
  .meta({
    id: 'SessionChange',
    examples: [
      { name: 'Front desk' },
      { settings: { ignore: ['groups'] }, metadata: { shop: 'Berlin' } },
      { settings: { pacing: { messagesPerMinute: 12, quietHours: { from: '22:00', to: '08:00' } } } },
      { settings: { proxy: 'socks5://user:password@proxy.example.com:1080' } },
    ],
  });

export const NewSession = z
  .strictObject({
    name: name.exactOptional(),
    settings: SettingsChange.exactOptional(),
    metadata: metadata.exactOptional(),
    pairing: Pairing.default('qr').describe('How a phone is linked: it scans a QR, or a code is typed into it.'),
    phoneNumber: PhoneNumberText.exactOptional().describe('The phone that the code is for.'),
  })
  .superRefine(({ pairing, phoneNumber }, context) => {
    const needsNumber = pairing === 'code';
    if (needsNumber === (phoneNumber !== undefined)) return;
    const message = needsNumber ? 'Required for pairing by code' : 'Only for pairing by code';
    context.addIssue({ code: 'custom', path: ['phoneNumber'], message });
  })
  .meta({
    id: 'NewSession',
    examples: [{ name: 'Front desk' }, { name: 'Front desk', pairing: 'code', phoneNumber: '+49 170 1234567' }],
  });

export const SessionFilter = Paging.extend({ status: Status.optional() });

export const AdminSessionFilter = SessionFilter.extend({ userId: z.uuid().optional() });

export const Qr = z
  .object({
    qr: z.string().describe('The content of the QR: draw it as it is.'),
    expiresAt: Time.describe('When the next one replaces it.'),
  })
  .meta({ id: 'Qr', examples: [{ qr: '2@pyv3…,7jbH…,HCRx…,zTc0…', expiresAt: '2026-11-23T10:01:00.000Z' }] });

export const PairingCode = z
  .object({ code: z.string().describe('To be typed into the phone.'), expiresAt: Time })
  .meta({ id: 'PairingCode', examples: [{ code: 'K7WT42XJ', expiresAt: '2026-11-23T10:02:40.000Z' }] });
