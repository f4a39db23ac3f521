import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import type { Answer } from '../../support/http.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { Waybill, type LinkedSession, type TestUser } from '../../support/waybill.js';
import { ControlledSandbox, type SandboxPhone } from '../../support/waybill-sandbox.js';
import { History } from './history.js';

const clockModule = resolve('test/faults/campaign/shifted-clock.mjs');
/** Statuses of a session that connects only when it is told to. */
const idle: readonly string[] = ['stopped', 'failed'];
const connectTimeoutMs = 60_000;

/** A session with its phone, and the people who write to it and whom it writes to. */
export type Party = { readonly session: LinkedSession; readonly friends: readonly SandboxPhone[] };

/** The service, the sandbox and their people. */
export class World {
  readonly history = new History();
  readonly parties: Party[] = [];
  #clockShiftMs = 0;

  private constructor(
    readonly waybill: Waybill,
    readonly user: TestUser,
    private readonly directory: Awaited<ReturnType<typeof temporaryDirectory>>,
  ) {}

  static async start(sessions: number, friendsPerSession: number): Promise<World> {
    const directory = await temporaryDirectory();
    const clockFile = join(directory.path, 'clock');
    await writeFile(clockFile, '0');
    const sandbox = await ControlledSandbox.start(join(directory.path, 'sandbox.json'));
    const clock = { NODE_OPTIONS: `--import=${clockModule}`, WAYBILL_TEST_CLOCK: clockFile };
    const waybill = await Waybill.start(clock, sandbox);
    const world = new World(waybill, await waybill.newUser(), directory);
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

  /** The time that the service believes it is. */
  serviceTime = (): number => Date.now() + this.#clockShiftMs;

  /** Moves the wall clock of the service to `shiftMs` from the real one. */
  async shiftClock(shiftMs: number): Promise<void> {
    this.#clockShiftMs = shiftMs;
    await writeFile(join(this.directory.path, 'clock'), String(shiftMs));
  }

  get clockShiftMs(): number {
    return this.#clockShiftMs;
  }

  /** Limits the size of the service's files, so that its writes fail as on a full disk; undefined lifts the limit. */
  limitFiles(bytes: number | undefined): void {
    execFileSync('prlimit', [`--fsize=${bytes ?? 'unlimited'}:`, '--pid', String(this.waybill.pid)]);
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
    await this.directory.remove();
  }
}
