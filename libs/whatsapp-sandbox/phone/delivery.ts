import { el, type BinaryNode } from '../transport/wire.js';
import type { Ciphertext, Device } from '../network/mail.js';

/** How a message reaches other devices until it is resent. */
export const deliveries = ['normal', 'withheld', 'undecryptable', 'view-once', 'unavailable'] as const;

/**
 * - `withheld`: no device gets it.
 * - `undecryptable`: devices get a ciphertext that fails, and requests to send it again are not answered.
 * - `view-once`: linked clients get only a notice that there is a view-once message.
 * - `unavailable`: linked clients get only a notice without a type, and may ask their own phone for the message.
 */
export type Delivery = (typeof deliveries)[number];

type Parts = { readonly ciphertexts: readonly Ciphertext[]; readonly attachments: readonly BinaryNode[] };

/** What a device gets instead of the ciphertexts; undefined for nothing. */
export function deliver(delivery: Delivery, device: Device, ciphertexts: readonly Ciphertext[]): Parts | undefined {
  const last = ciphertexts.length - 1; // the message itself; in a group, a sender key may come before it
  switch (delivery) {
    case 'withheld':
      return undefined;
    case 'undecryptable':
      return {
        ciphertexts: ciphertexts.map((part, index) => (index === last ? corrupt(part) : part)),
        attachments: [],
      };
    case 'view-once':
    case 'unavailable': {
      const type = delivery === 'view-once' ? 'view_once' : undefined;
      if (device.address.device !== 0) return { ciphertexts: [], attachments: [el('unavailable', { type })] };
      return { ciphertexts, attachments: [] };
    }
    case 'normal':
      return { ciphertexts, attachments: [] };
  }
}

/** Changes the last byte, which is part of the authentication code or signature. */
function corrupt({ attrs, bytes }: Ciphertext): Ciphertext {
  const damaged = Buffer.from(bytes);
  damaged[damaged.length - 1]! ^= 0xff;
  return { attrs, bytes: damaged };
}
