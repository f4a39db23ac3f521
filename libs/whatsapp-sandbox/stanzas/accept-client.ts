import type { Network } from '../network/network.js';
import type { ClientHello, Connection } from '../transport/connection.js';
import { el } from '../transport/wire.js';
import { ClientSession, identifyClient } from './login.js';
import { PairingSession } from './pairing.js';
import type { ConnectionHandler } from './connection-handler.js';

const serviceUnavailable = 503;

/** Creates the handler for a client after its handshake: pairing or login. Undefined if the client was rejected. */
export function acceptClient(
  hello: ClientHello,
  connection: Connection,
  network: Network,
): ConnectionHandler | undefined {
  if (hello.payload.devicePairingData) return new PairingSession(hello, connection, network);
  const { faults } = network.parts;
  const number = String(hello.payload.username ?? '');
  if (faults.take('refuse', number)) {
    connection.terminate();
    return undefined;
  }
  const unavailable = faults.take('upgrade-error', number);
  if (unavailable) return reject(connection, unavailable.code ?? serviceUnavailable);
  const known = identifyClient(hello, network);
  return known ? new ClientSession(known.account, known.companion, network, connection) : reject(connection, 401);
}

function reject(connection: Connection, reason: number): undefined {
  connection.send(el('failure', { reason: String(reason), location: 'sandbox' }));
  connection.close();
}
