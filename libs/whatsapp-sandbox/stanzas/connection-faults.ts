import { connectionFaultKinds, type FaultRule } from '../faults.js';
import { pnJid } from '../network/address.js';
import { el } from '../transport/wire.js';
import type { ClientSession } from './login.js';

const serviceUnavailable = 503;

/** Applies the active connection faults of this client. */
export function applyConnectionFaults(session: ClientSession): void {
  const { faults } = session.network.parts;
  for (const kind of connectionFaultKinds) {
    if (!session.connection.isOpen) return;
    const fault = faults.take(kind, session.account.number);
    if (fault) applyFault(session, fault);
  }
}

function applyFault(session: ClientSession, { kind, ms, code = serviceUnavailable }: FaultRule): void {
  const { connection, account, companion, network } = session;
  switch (kind) {
    case 'drop':
      return connection.terminate();
    case 'freeze':
      connection.freeze();
      if (ms !== undefined) setTimeout(() => connection.thaw(), ms).unref();
      return;
    case 'replaced':
      return session.disconnect(el('stream:error', {}, [el('conflict', { type: 'replaced' })]));
    case 'logged-out':
      return network.unlink(account, companion);
    case 'devices-changed':
      for (const other of network.directory.list()) {
        const isKnown = other.watchers.has(account.number);
        if (isKnown) companion.notify('devices', [other.deviceListChange()], pnJid(other.number));
      }
      return;
    default:
      return session.disconnect(el('stream:error', { code: String(code) }));
  }
}
