import { z } from 'zod';
import type { LinkedDevice, Phone } from '../../phone/phone.js';

const number = z.string().min(1).max(40);

export const phonePath = z.strictObject({
  number: number.meta({ description: 'Of the phone, with or without `+`.', example: '491701234567' }),
});

export const devicePath = phonePath.extend({
  device: z.coerce.number().int().min(1).max(255).meta({ description: 'Of the linked device.', example: 1 }),
});

export const newPhone = z
  .strictObject({
    number: number
      .exactOptional()
      .meta({ description: 'In any usual notation. A free one is chosen where it is left out.' }),
    name: z.string().min(1).max(100).exactOptional().meta({ description: 'What others see. The number without it.' }),
  })
  .meta({ id: 'NewPhone', examples: [{ number: '+49 170 1234567', name: 'Ada' }] });

const settings = {
  online: z.boolean().meta({ description: 'An offline phone receives nothing; it catches up when it is back.' }),
  receipts: z.enum(['none', 'delivered', 'read']).meta({ description: 'What it confirms by itself.' }),
  receiptDelayMs: z.number().min(0).max(86_400_000).meta({ description: 'Between receiving and confirming.' }),
  exists: z.boolean().meta({ description: 'Whether WhatsApp knows the number at all.' }),
};

export const phoneChange = z
  .strictObject({
    online: settings.online.exactOptional(),
    receipts: settings.receipts.exactOptional(),
    receiptDelayMs: settings.receiptDelayMs.exactOptional(),
    exists: settings.exists.exactOptional(),
  })
  .meta({ id: 'PhoneChange', examples: [{ receipts: 'read', receiptDelayMs: 1000 }, { online: false }] });

const deviceExample = {
  device: 1,
  platform: 'CHROME',
  linkedAt: '2026-11-23T09:00:00.000Z',
  connected: true,
  lastSeenAt: '2026-11-23T09:00:02.000Z',
  waiting: 0,
};

export const linkedDevice = z
  .strictObject({
    device: z.int().meta({ description: 'Its number within the account.' }),
    platform: z.string(),
    linkedAt: z.string(),
    connected: z.boolean(),
    lastSeenAt: z.string().exactOptional(),
    waiting: z.int().meta({ description: 'Stanzas that it has not confirmed yet.' }),
  })
  .meta({ id: 'LinkedDevice', description: 'A client that is linked to a phone.', examples: [deviceExample] });

export const phone = z
  .strictObject({
    number: z.string().meta({ description: 'Digits only.' }),
    name: z.string(),
    lid: z.string().meta({ description: 'Digits only: the user part of `…@lid`.' }),
    ...settings,
    devices: z.array(linkedDevice).readonly(),
  })
  .meta({
    id: 'Phone',
    examples: [
      {
        number: '491701234567',
        name: 'Ada',
        lid: '338412907716533',
        online: true,
        receipts: 'delivered',
        receiptDelayMs: 250,
        exists: true,
        devices: [deviceExample],
      },
    ],
  });

export const scan = z
  .strictObject({
    qr: z.string().min(1).max(4_000).meta({ description: 'What is in the QR code that the client shows, as text.' }),
  })
  .meta({ id: 'Scan', examples: [{ qr: '2@pyv3…,7jbH…,HCRx…,zTc0…' }] });

export const enterCode = z
  .strictObject({ code: z.string().min(1).max(40).meta({ description: 'Upper or lower case, with or without dash.' }) })
  .meta({ id: 'EnterCode', examples: [{ code: 'K7WT-42XJ' }] });

export type PhoneView = z.input<typeof phone>;

/** A phone as the API shows it. */
export const viewOf = (phone: Phone): PhoneView => ({
  number: phone.number,
  name: phone.name,
  lid: phone.lid,
  ...phone.settings,
  devices: phone.devices() satisfies readonly LinkedDevice[],
});
