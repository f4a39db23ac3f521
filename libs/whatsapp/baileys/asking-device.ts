import type { WASocket } from '@whiskeysockets/baileys';
import { bareJid } from '../addresses.js';

export type LidMapping = Pick<WASocket['signalRepository']['lidMapping'], 'getLIDForPN' | 'getPNForLID'>;

/** Whether a device belongs to one of some people, by any of their addresses; undefined where WhatsApp has not said enough to know. */
export const isOneOf = async (
  device: string,
  people: readonly string[],
  lidMapping: LidMapping,
): Promise<boolean | undefined> => {
  const asking = await addressesOf(personOfDevice(device), lidMapping);
  let isKnown = true;
  for (const jid of people) {
    const known = await addressesOf(bareJid(jid), lidMapping);
    if (known.some((address) => asking.includes(address))) return true;
    if (asking.length === 1 && known.length === 1 && isLid(asking[0]) !== isLid(known[0])) isKnown = false;
  }
  return isKnown ? false : undefined;
};

const addressesOf = async (jid: string, lidMapping: LidMapping): Promise<readonly (string | undefined)[]> => {
  const other = isLid(jid) ? await lidMapping.getPNForLID(jid) : await lidMapping.getLIDForPN(jid);
  return [jid, ...(other ? [bareJid(other)] : [])].map(spelledAlike);
};

const isLid = (jid: string | undefined): boolean => jid?.endsWith('@lid') === true;

const personOfDevice = (jid: string): string =>
  bareJid(jid.replace(/@hosted\.lid$/, '@lid').replace(/@hosted$/, '@s.whatsapp.net'));

/** WhatsApp spells some numbers of Brazil, Mexico and Argentina with one digit more, or less, than the user did. */
const spelledAlike = (jid: string): string =>
  jid
    .replace(/^(55\d\d)9(\d{8}@s)/, '$1$2')
    .replace(/^521(\d{10}@s)/, '52$1')
    .replace(/^549(\d{10}@s)/, '54$1');
