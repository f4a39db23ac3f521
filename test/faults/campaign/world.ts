import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import type { Answer } from '../../support/http.js';
import { ServiceClock } from '../../support/service-clock.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { Waybill, type LinkedSession, type TestUser } from '../../support/waybill.js';
import { ControlledSandbox, type SandboxPhone } from '../../support/waybill-sandbox.js';
import { History } from './history.js';
import type { Stores } from './stores.js';

/** Statuses of a session that connects only when it is told to. */
const idle: readonly string[] = ['stopped', 'failed'];
/** Longer than a session takes to notice that its line is dead, and then waits for its next attempt after many connections that did not last. */
const connectTimeoutMs = 300_000;

/** A session with its phone, and the people who write to it and whom it writes to. */
export type Party = { readonly session: LinkedSession; readonly friends: readonly SandboxPhone[] };

/** The service, the sandbox and their people. */
export class World {
  readonly history = new History();
  readonly parties: Party[] = [];

  private constructor(
    readonly waybill: Waybill,
    readonly user: TestUser,
    readonly clock: ServiceClock,
    /** Where they are on servers. */
    readonly stores: Stores | undefined,
    private readonly directory: Awaited<ReturnType<typeof temporaryDirectory>>,
  ) {}

  static async start(sessions: number, friendsPerSession: number, stores?: Stores): Promise<World> {
    const directory = await temporaryDirectory();
    const clock = await ServiceClock.create();
    const sandbox = await ControlledSandbox.start(join(directory.path, 'sandbox.json'));
    const waybill = await Waybill.start({ ...clock.variables, ...stores?.variables }, sandbox);
    const world = new World(waybill, await waybill.newUser(), clock, stores, directory);
    for (let n = 0; n < sessions; n += 1) {
      const session = await waybill.link(world.user);
      const friends = await Promise.all(Array.from({ length: friendsPerSession }, () => sandbox.newPhone()));
      world.parties.push({ session, friends });
    }
    return world;
  }

  get sandbox(): ControlledSandbox {
    return this.waybill.sandbox;
  }

  /** Asks the service; undefined if there was no answer. */
  async ask(
    route: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer | undefined> {
    try {
      const call = { key: this.user.key, headers, ...(body !== undefined && { body }) };
      return await Promise.race([this.waybill.call(route, call), delay(10_000, undefined, { ref: false })]);
    } catch {
      return undefined; // the service is away
    }
  }

  /** Waits until all sessions are connected; those that have given up are restarted. Returns what is wrong with the others. */
  async recover(): Promise<readonly string[]> {
    await this.sandbox.ask('DELETE /faults');
    const problems: string[] = [];
    for (const { session } of this.parties) {
      let status = '';
      const isConnected = async () => {
        const answer = await this.ask(`GET /v1/sessions/${session.id}`);
        ({ status = '' } = (answer?.body ?? {}) as { readonly status?: string });
        if (idle.includes(status)) await this.ask(`POST /v1/sessions/${session.id}/restart`);
        return status === 'connected';
      };
      await eventually(isConnected, connectTimeoutMs).catch(() => problems.push(`session ${session.id} is ${status}`));
    }
    return problems;
  }

  async end(): Promise<void> {
    await this.waybill.end();
    await this.clock.remove();
    await this.directory.remove();
  }
}
