import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { eventually } from './eventually.js';
import { temporaryDirectory } from './temporary-directory.js';

const clockModule = resolve('test/support/shifted-clock.mjs');

const stepMs = 16 * 60_000;
const stepIntervalMs = 2000;

/** The wall clock of a service in another process, on all its threads. */
export class ServiceClock {
  #shiftMs = 0;

  private constructor(private readonly directory: Awaited<ReturnType<typeof temporaryDirectory>>) {}

  static async create(): Promise<ServiceClock> {
    const clock = new ServiceClock(await temporaryDirectory());
    await clock.shift(0);
    return clock;
  }

  /** For the environment of the service. */
  get variables(): NodeJS.ProcessEnv {
    return { NODE_OPTIONS: `--import=${clockModule}`, WAYBILL_TEST_CLOCK: this.file };
  }

  /** How far it is from the real time. */
  get shiftMs(): number {
    return this.#shiftMs;
  }

  /** The time that the service believes it is. */
  now = (): number => Date.now() + this.#shiftMs;

  /** Moves it to `shiftMs` from the real time. */
  async shift(shiftMs: number): Promise<void> {
    this.#shiftMs = shiftMs;
    await writeFile(this.file, String(shiftMs));
  }

  /**
   * Lets time pass, a quarter of an hour every other second, until a check passes: a job that is under way when its time comes runs at the next one,
   * and may end just before what that one finds is old enough.
   */
  passUntil<Result>(check: () => Promise<Result>, within?: number): Promise<Exclude<Result, false>> {
    let passAt = 0;
    return eventually(async () => {
      if (performance.now() >= passAt) {
        passAt = performance.now() + stepIntervalMs;
        await this.shift(this.#shiftMs + stepMs);
      }
      return check();
    }, within);
  }

  async remove(): Promise<void> {
    await this.directory.remove();
  }

  private get file(): string {
    return join(this.directory.path, 'clock');
  }
}
