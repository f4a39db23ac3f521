import type { proto } from '@whiskeysockets/baileys';
import { lineOf } from './bounded.js';
import type { ContentConverter } from './converter.js';

export const location: ContentConverter<'location'> = {
  toWhatsApp: ({ latitude, longitude, name, address }) => ({
    location: {
      degreesLatitude: latitude,
      degreesLongitude: longitude,
      ...(name !== null && { name }),
      ...(address !== null && { address }),
    },
  }),
  fromWhatsApp: ({ locationMessage, liveLocationMessage }) => {
    // A live location has neither a name nor an address.
    const part: proto.Message.ILocationMessage | null | undefined = locationMessage ?? liveLocationMessage;
    if (!part) return undefined;
    const [latitude, longitude] = [part.degreesLatitude ?? 0, part.degreesLongitude ?? 0];
    const isOnEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180; // not so where one is not a number
    if (!isOnEarth) return undefined;
    return { type: 'location', latitude, longitude, name: lineOf(part.name), address: lineOf(part.address) };
  },
};
