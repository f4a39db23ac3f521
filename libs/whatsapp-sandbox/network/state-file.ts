import { readFile, rename, writeFile } from 'node:fs/promises';
import type { SandboxLogger } from '../logger.js';

const ownerOnlyMode = 0o600;

/** Reads a state file; undefined if it does not exist. Rejects if it cannot be read or is not JSON. */
export async function readState<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`cannot read the state file ${path}`, { cause: error });
  }
}

/** Pause after each write, as a multiple of its duration: writing takes at most a tenth of the time. */
const pausePerWrite = 9;

/**
 * Writes the state atomically, soon after it has changed. A process that is killed loses only the changes of the last `intervalMs`,
 * or of a longer interval if the state is large.
 */
export class StateFile {
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #writing: Promise<void> = Promise.resolve();
  #restMs = 0;

  constructor(
    private readonly path: string,
    private readonly snapshot: () => unknown,
    private readonly log: SandboxLogger,
    private readonly intervalMs = 500,
  ) {}

  changed(): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(
      () => {
        this.flush().catch((error: unknown) => this.log.error({ err: error }, 'failed to write the state file'));
      },
      Math.max(this.intervalMs, this.#restMs),
    );
  }

  /** Writes now. Rejects if that fails. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing
      .catch(() => undefined) // already reported to the caller of that write
      .then(() => this.#write());
    return this.#writing;
  }

  /** Writes for the last time; later changes are not stored. */
  close(): Promise<void> {
    this.#closed = true;
    return this.flush();
  }

  async #write(): Promise<void> {
    const start = performance.now();
    const temporary = `${this.path}.tmp`;
    await writeFile(temporary, JSON.stringify(this.snapshot()), { mode: ownerOnlyMode });
    await rename(temporary, this.path);
    this.#restMs = pausePerWrite * (performance.now() - start);
  }
}
