import { randomBytes } from 'node:crypto';
import {
  aesEncryptCTR,
  bytesToCrockford,
  derivePairingCodeKey,
  getCompanionPlatformId,
  Browsers,
  type WASocket,
} from '@whiskeysockets/baileys';
import type { PhoneNumber } from '../addresses.js';
import { QueryFailed } from '../errors.js';
import { queryFailure } from './number-check.js';

/** How the phone names the device while the code is entered. WhatsApp accepts known systems and browsers only. */
const shownAs = Browsers.ubuntu('Chrome');

const codeBytes = 5;

/**
 * Makes a code that links the session when it is entered on the phone, and asks WhatsApp to accept it. Baileys' own request does not wait for the
 * answer: a code that was refused would be shown. @throws {QueryFailed}
 */
export const requestPairingCode = async (
  { authState: { creds }, ev, query }: WASocket,
  phoneNumber: PhoneNumber,
): Promise<string> => {
  const code = bytesToCrockford(randomBytes(codeBytes));
  creds.pairingCode = code;
  creds.me = { id: `${phoneNumber.slice(1)}@s.whatsapp.net`, name: '~' };
  ev.emit('creds.update', creds);
  const part = (tag: string, content: Uint8Array | string) => ({ tag, attrs: {}, content });
  const hello = {
    tag: 'link_code_companion_reg',
    attrs: { jid: creds.me.id, stage: 'companion_hello', should_show_push_notification: 'true' },
    content: [
      part(
        'link_code_pairing_wrapped_companion_ephemeral_pub',
        await wrapped(creds.pairingEphemeralKeyPair.public, code),
      ),
      part('companion_server_auth_key_pub', creds.noiseKey.public),
      part('companion_platform_id', getCompanionPlatformId(shownAs)),
      part('companion_platform_display', `${shownAs[1]} (${shownAs[0]})`),
      part('link_code_pairing_nonce', '0'),
    ],
  };
  const request = { tag: 'iq', attrs: { to: '@s.whatsapp.net', type: 'set', xmlns: 'md' }, content: [hello] };
  const answer: unknown = await query(request).catch((error: unknown) => {
    throw queryFailure(error);
  });
  if (answer === undefined) throw new QueryFailed(null, 'WhatsApp did not answer the request for a pairing code');
  return code;
};

const wrapped = async (key: Uint8Array, code: string): Promise<Uint8Array> => {
  const [salt, iv] = [randomBytes(32), randomBytes(16)];
  return Buffer.concat([salt, iv, aesEncryptCTR(key, await derivePairingCodeKey(code, salt), iv)]);
};
