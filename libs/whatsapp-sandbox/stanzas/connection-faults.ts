import { CONNECTION_FAULTS, type FaultRule } from '../faults.js';
import { el } from '../transport/wire.js';
import type { ClientSession } from './login.js';

const UNAVAILABLE = 503;

/** Lets the faults that wait for this client's connection happen to it. */
export function strike(session: ClientSession): void {
  const { faults } = session.network.parts;
  for (const kind of CONNECTION_FAULTS) {
    if (!session.connection.isOpen) return;
    const fault = faults.take(kind, session.account.number);
    if (fault) hit(session, fault);
  }
}

function hit(session: ClientSession, { kind, ms, code = UNAVAILABLE }: FaultRule): void {
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
    default:
      return session.disconnect(el('stream:error', { code: String(code) }));
  }
}
