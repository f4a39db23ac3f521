import { z } from 'zod';
import type { LinkedDevice } from '../../phone/linked-device.js';
import type { Phone } from '../../phone/phone.js';

const number = z.string().min(1).max(40);

const aliases = z
  .array(number)
  .max(10)
  .readonly()
  .meta({
    description:
      'Other spellings of the number, such as a Mexican one without the 1 or a Brazilian one without the ninth digit. Look-ups for them ' +
      'answer with the number itself.',
  });

export const phonePath = z.strictObject({
  number: number.meta({ description: 'Phone number, with or without `+`.', example: '491701234567' }),
});

export const devicePath = phonePath.extend({
  device: z.coerce.number().int().min(1).max(255).meta({ description: 'Number of the linked device.', example: 1 }),
});

export const blockPath = phonePath.extend({
  other: number.meta({ description: 'Phone number of whom it blocks.', example: '491702000002' }),
});

export const newPhone = z
  .strictObject({
    number: number.exactOptional().meta({ description: 'In any common notation. Default: a free number.' }),
    name: z.string().min(1).max(100).exactOptional().meta({ description: 'Shown to others. Default: the number.' }),
    aliases: aliases.exactOptional(),
  })
  .meta({ id: 'NewPhone', examples: [{ number: '+49 170 1234567', name: 'Ada' }] });

const settings = {
  online: z.boolean().meta({ description: 'An offline phone receives nothing and catches up when it comes back.' }),
  receipts: z.enum(['none', 'delivered', 'read']).meta({ description: 'Receipts it sends on its own.' }),
  receiptDelayMs: z.number().min(0).max(86_400_000).meta({ description: 'Delay between a message and its receipt.' }),
  exists: z.boolean().meta({ description: 'Whether the number is on WhatsApp.' }),
  lookUpsAnswered: z.boolean().meta({
    description: 'Whether WhatsApp answers look-ups of the number; otherwise it leaves them out.',
  }),
  lidKnown: z.boolean().meta({ description: 'Whether look-ups and messages of the phone tell its LID.' }),
  keylessDevices: z.array(z.int().min(1).max(255)).max(10).readonly().meta({
    description: 'Linked devices that look-ups list although WhatsApp has no keys of them.',
  }),
  restricted: z.boolean().meta({
    description:
      'Whether WhatsApp says that the account must not start new chats. Linked clients are told of a change. Add a `nack` of 463 to refuse its messages.',
  }),
  newChatsCapped: z.boolean().meta({
    description: 'Whether WhatsApp says that the account has started as many new chats as it may for now.',
  }),
  restrictionsEndAt: z.iso.datetime().nullable().meta({
    description: 'When `restricted` and `newChatsCapped` end; 24 hours after they were set, where nothing else is.',
  }),
  keepsFiles: z.boolean().meta({
    description:
      'Whether it has the files of its messages, and uploads them again for clients that cannot download them.',
  }),
};

const name = z.string().min(1).max(100);
const about = z.string().max(139);

export const phoneChange = z
  .strictObject({
    name: name.exactOptional().meta({ description: 'Shown to others. Linked clients do not hear of it.' }),
    about: about.exactOptional().meta({ description: 'What the account says about itself.' }),
    online: settings.online.exactOptional(),
    receipts: settings.receipts.exactOptional(),
    receiptDelayMs: settings.receiptDelayMs.exactOptional(),
    exists: settings.exists.exactOptional(),
    lookUpsAnswered: settings.lookUpsAnswered.exactOptional(),
    lidKnown: settings.lidKnown.exactOptional(),
    keylessDevices: settings.keylessDevices.exactOptional(),
    restricted: settings.restricted.exactOptional(),
    newChatsCapped: settings.newChatsCapped.exactOptional(),
    restrictionsEndAt: settings.restrictionsEndAt.exactOptional(),
    keepsFiles: settings.keepsFiles.exactOptional(),
    aliases: aliases.exactOptional(),
  })
  .meta({
    id: 'PhoneChange',
    examples: [
      { receipts: 'read', receiptDelayMs: 1000 },
      { online: false },
      { restricted: true, restrictionsEndAt: '2026-11-24T09:00:00.000Z' },
    ],
  });

const deviceExample = {
  device: 1,
  platform: 'CHROME',
  linkedAt: '2026-11-23T09:00:00.000Z',
  connected: true,
  online: false,
  lastSeenAt: '2026-11-23T09:00:02.000Z',
  waiting: 0,
};

export const linkedDevice = z
  .strictObject({
    device: z.int().meta({ description: 'Device number within the account.' }),
    platform: z.string(),
    linkedAt: z.string(),
    connected: z.boolean(),
    online: z.boolean().meta({ description: 'Whether it shows the account as online.' }),
    lastSeenAt: z.string().exactOptional(),
    waiting: z.int().meta({ description: 'Stanzas that the client has not confirmed.' }),
  })
  .meta({ id: 'LinkedDevice', description: 'A client that is linked to a phone.', examples: [deviceExample] });

export const phone = z
  .strictObject({
    number: z.string().meta({ description: 'Digits only.' }),
    name: z.string(),
    about: z.string().meta({ description: 'What the account says about itself.' }),
    pictureUrl: z.string().nullable().meta({ description: 'On the media server.' }),
    blocked: z.array(z.string()).readonly().meta({ description: 'Numbers of those whose messages do not reach it.' }),
    aliases: z.array(z.string()).readonly().meta({ description: 'Other spellings of the number, digits only.' }),
    lid: z.string().meta({ description: 'Digits only: the user part of `…@lid`.' }),
    ...settings,
    activities: z
      .array(
        z.strictObject({
          from: z.string(),
          chat: z.string(),
          activity: z.enum(['typing', 'recording', 'paused']),
          at: z.string(),
        }),
      )
      .readonly()
      .meta({ description: 'What others do in its chats: the last of each person in each chat.' }),
    devices: z.array(linkedDevice).readonly(),
  })
  .meta({
    id: 'Phone',
    examples: [
      {
        number: '491701234567',
        name: 'Ada',
        about: 'At the desk',
        pictureUrl: null,
        blocked: [],
        aliases: [],
        lid: '338412907716533',
        online: true,
        receipts: 'delivered',
        receiptDelayMs: 250,
        exists: true,
        lookUpsAnswered: true,
        lidKnown: true,
        keylessDevices: [],
        restricted: false,
        newChatsCapped: false,
        restrictionsEndAt: null,
        keepsFiles: true,
        activities: [],
        devices: [deviceExample],
      },
    ],
  });

export const picture = z
  .strictObject({ data: z.base64().min(1).nullable().meta({ description: 'A JPEG as base64; null removes it.' }) })
  .meta({ id: 'Picture', examples: [{ data: '/9j/4AAQ' }] });

export const scan = z
  .strictObject({
    qr: z.string().min(1).max(4_000).meta({ description: 'Text of the QR code that the client shows.' }),
  })
  .meta({ id: 'Scan', examples: [{ qr: '2@pyv3…,7jbH…,HCRx…,zTc0…' }] });

export const enterCode = z
  .strictObject({
    code: z.string().min(1).max(40).meta({ description: 'Case does not matter; the dash is optional.' }),
  })
  .meta({ id: 'EnterCode', examples: [{ code: 'K7WT-42XJ' }] });

export type PhoneView = z.input<typeof phone>;

/** A phone as the API shows it. */
export const phoneView = (phone: Phone): PhoneView => ({
  number: phone.number,
  name: phone.name,
  about: phone.profile.about,
  pictureUrl: phone.profile.pictureUrl ?? null,
  blocked: phone.blocks.list(),
  aliases: phone.aliases,
  lid: phone.lid,
  ...phone.settings,
  activities: phone.activities.list(),
  devices: phone.devices() satisfies readonly LinkedDevice[],
});
