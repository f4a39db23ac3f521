import { eventually } from '../../support/eventually.js';
import { MessagesClient } from '../../support/messages-client.js';
import type { Waybill } from '../../support/waybill.js';
import type { SandboxPhone } from '../../support/waybill-sandbox.js';

/** What clients and people do while the service is killed again and again. */
export type Scenario = {
  /** Resolves once the service has answered all that was begun; nothing new is begun. */
  readonly stop: () => Promise<void>;
  /** Waits for the outcome of what was done. @throws {Error} it is not the promised one. */
  readonly verify: () => Promise<void>;
};

/** When to kill the service: resolves then. */
export type Moment = () => Promise<unknown>;

/** Sessions of one user, each of which has a chat with each of the friends. */
export type Party = { readonly clients: readonly MessagesClient[]; readonly friends: readonly SandboxPhone[] };

export const newParty = async (waybill: Waybill, sessions: number, friends: number): Promise<Party> => {
  const user = await waybill.newUser();
  const clients: MessagesClient[] = [];
  for (let n = 0; n < sessions; n += 1) clients.push(await MessagesClient.link(waybill, user));
  return { clients, friends: await Promise.all(Array.from({ length: friends }, () => waybill.sandbox.newPhone())) };
};

/** Kills a service again and again, and says to those who use it meanwhile how far that is. */
export class Kills {
  private kills = 0;
  private isOver = false;

  constructor(private readonly waybill: Waybill) {}

  /** Kills the service at each of the moments, and starts it again; `whileDown` happens in between. */
  async at(moments: readonly Moment[], whileDown: () => Promise<void> = async () => {}): Promise<void> {
    for (const moment of moments) {
      await moment();
      await this.waybill.kill();
      await whileDown();
      await this.waybill.boot();
      this.kills += 1;
    }
  }

  /**
   * Does each kind of work again and again, up to `perRun` times in each run of the service: it lasts as long as the kills do, and is not more
   * on a slow machine. Answers how to stop: resolves once all is done that was begun.
   */
  meanwhile(work: readonly (() => Promise<void>)[], perRun: number): () => Promise<void> {
    const working = Promise.all(
      work.map(async (step) => {
        for (let n = 0; await this.mayGoOn(n, perRun); n += 1) await step();
      }),
    );
    working.catch(() => undefined); // whoever stops it is told
    return async () => {
      this.isOver = true;
      await working;
    };
  }

  private async mayGoOn(done: number, perRun: number): Promise<boolean> {
    await eventually(() => this.isOver || done < perRun * (this.kills + 1), 300_000);
    return !this.isOver;
  }
}
