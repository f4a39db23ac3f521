import type { proto } from '@whiskeysockets/baileys';
import type { ContentConverter } from './converter.js';

export const location: ContentConverter<'location'> = {
  fromWhatsApp: ({ locationMessage, liveLocationMessage }) => {
    // A live location has neither a name nor an address.
    const part: proto.Message.ILocationMessage | null | undefined = locationMessage ?? liveLocationMessage;
    if (!part) return undefined;
    return {
      type: 'location',
      latitude: part.degreesLatitude ?? 0,
      longitude: part.degreesLongitude ?? 0,
      name: part.name || null,
      address: part.address || null,
    };
  },
};
