import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Phone, Sandbox } from '#lib/whatsapp-sandbox';
import { jid, linkedPhone, type TestClient } from '../../sandbox/support/client.js';
import { waitUntil } from '../../sandbox/support/wait-until.js';

/** Leaves time for the tests that run beside it. */
const pauseMs = 100;

/** A healthy session that exchanges messages with a phone while hostile clients are active. */
export class HealthySession {
  #isRunning = true;
  readonly #ended: Promise<unknown>;
  /** Messages that were sent and answered. */
  roundTrips = 0;

  private constructor(
    private readonly phone: Phone,
    private readonly client: TestClient,
    private readonly friend: Phone,
  ) {
    this.#ended = this.#run().then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  static async start(sandbox: Sandbox): Promise<HealthySession> {
    const { phone, client } = await linkedPhone(sandbox, 'Healthy');
    return new HealthySession(phone, client, sandbox.phones.create({ name: 'Friend' }));
  }

  /** Stops, and checks that no message was lost or duplicated and that the client logged no warnings. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    expect(await this.#ended).toBeUndefined();
    await this.client.disconnect();
    expect(this.client.warnings.map(({ msg }) => msg)).toEqual(['stream errored out']); // the restart after linking
    const expected = Array.from({ length: this.roundTrips }, (_, index) => [`ping ${index}`, `pong ${index}`]).flat();
    expect(this.friend.messages().map(({ text }) => text)).toEqual(expected);
    expect(this.phone.messages().map(({ text }) => text)).toEqual(expected);
  }

  async #run(): Promise<void> {
    while (this.#isRunning) {
      const [ping, pong] = [`ping ${this.roundTrips}`, `pong ${this.roundTrips}`];
      await this.client.socket.sendMessage(jid(this.friend), { text: ping });
      await waitUntil(`"${ping}" arrives`, () => this.friend.messages().some(({ text }) => text === ping));
      await this.friend.send({ to: this.phone.number, type: 'text', text: pong });
      await this.client.received(pong);
      this.roundTrips += 1;
      await delay(pauseMs);
    }
  }
}
