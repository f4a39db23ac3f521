import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Phone, Sandbox } from '#lib/whatsapp-sandbox';
import { jid, linkedPhone, type TestClient } from '../../sandbox/support/client.js';
import { waitUntil } from '../../sandbox/support/wait-until.js';

/** It shall be there all the time without taking all the time. */
const pauseMs = 100;

/** A healthy session that writes to somebody, and is answered, all the while that others misbehave. */
export class HealthySession {
  #beating = true;
  readonly #ended: Promise<unknown>;
  beats = 0;

  private constructor(
    private readonly phone: Phone,
    private readonly client: TestClient,
    private readonly friend: Phone,
  ) {
    this.#ended = this.#beat().then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  static async start(sandbox: Sandbox): Promise<HealthySession> {
    const { phone, client } = await linkedPhone(sandbox, 'Healthy');
    return new HealthySession(phone, client, sandbox.phones.create({ name: 'Friend' }));
  }

  /** Stops, and checks that nothing was lost, doubled or complained about. */
  async stop(): Promise<void> {
    this.#beating = false;
    expect(await this.#ended).toBeUndefined();
    await this.client.disconnect();
    expect(this.client.warnings.map(({ msg }) => msg)).toEqual(['stream errored out']); // told to restart, once linked
    const expected = Array.from({ length: this.beats }, (_, index) => [`beat ${index}`, `echo ${index}`]).flat();
    expect(this.friend.messages().map(({ text }) => text)).toEqual(expected);
    expect(this.phone.messages().map(({ text }) => text)).toEqual(expected);
  }

  async #beat(): Promise<void> {
    while (this.#beating) {
      const [beat, echo] = [`beat ${this.beats}`, `echo ${this.beats}`];
      await this.client.socket.sendMessage(jid(this.friend), { text: beat });
      await waitUntil(`"${beat}" arrives`, () => this.friend.messages().some(({ text }) => text === beat));
      await this.friend.send({ to: this.phone.number, type: 'text', text: echo });
      await this.client.received(echo);
      this.beats += 1;
      await delay(pauseMs);
    }
  }
}
