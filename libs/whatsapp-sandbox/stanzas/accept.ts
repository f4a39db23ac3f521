import type { Network } from '../network/network.js';
import type { ClientHello, Connection } from '../transport/connection.js';
import { el } from '../transport/wire.js';
import { ClientSession, identify } from './login.js';
import { PairingSession } from './pairing.js';
import type { Session } from './session.js';

const UNAVAILABLE = 503;

/** Decides what a client that has just shaken hands may do. Undefined when it was turned away. */
export function accept(hello: ClientHello, connection: Connection, network: Network): Session | undefined {
  if (hello.payload.devicePairingData) return new PairingSession(hello, connection, network);
  const { faults } = network.parts;
  const number = String(hello.payload.username ?? '');
  if (faults.take('refuse', number)) {
    connection.terminate();
    return undefined;
  }
  const unavailable = faults.take('upgrade-error', number);
  if (unavailable) return turnAway(connection, unavailable.code ?? UNAVAILABLE);
  const known = identify(hello, network);
  return known ? new ClientSession(known.account, known.companion, network, connection) : turnAway(connection, 401);
}

function turnAway(connection: Connection, reason: number): undefined {
  connection.send(el('failure', { reason: String(reason), location: 'sandbox' }));
  connection.close();
}
