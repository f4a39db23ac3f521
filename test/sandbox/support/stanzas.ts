import type { BinaryNode } from '@whiskeysockets/baileys';
import type { TestClient } from './client.js';
import { waitUntil } from './wait-until.js';

/** Records the message stanzas on the current connection of a client. */
export class MessageStanzas {
  readonly #stanzas: BinaryNode[] = [];

  constructor(client: TestClient) {
    client.socket.ws.on('CB:message', (stanza: BinaryNode) => this.#stanzas.push(stanza));
  }

  /** Waits for the nth stanza with that message id. */
  withId = (id: string, occurrence = 1): Promise<BinaryNode> =>
    waitUntil(`message stanza ${id} arrives ${occurrence} times`, () =>
      this.#stanzas.filter(({ attrs }) => attrs.id === id).at(occurrence - 1),
    );
}
