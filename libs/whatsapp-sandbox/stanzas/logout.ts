import type { IqHandlers } from './client.js';
import { child } from '../transport/wire.js';
import { parseJid } from '../network/address.js';

/** A client unlinks itself or another client of its account. */
export const logoutHandlers: IqHandlers = {
  md: (iq, { account, companion, network }) => {
    const removal = child(iq, 'remove-companion-device');
    if (removal) {
      const device = parseJid(removal.attrs.jid)?.device ?? companion.address.device;
      const target = account.companions.get(device);
      if (target) setImmediate(() => network.unlink(account, target)); // after the result was sent
    }
    return undefined;
  },
};
