import { readFile, rename, writeFile } from 'node:fs/promises';
import type { SandboxLogger } from '../logger.js';

const OWNER_ONLY = 0o600;

/** Reads a state file; undefined when there is none. Rejects when it cannot be read or is no JSON. */
export async function readState<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`cannot read the sandbox's state from ${path}`, { cause: error });
  }
}

/** A large state is written less often, so that writing takes at most a tenth of the time. */
const REST = 9;

/**
 * Writes state soon after it changed, and never half: a process that is killed loses what happened in the last `intervalMs` (more
 * with a large state, see above) and nothing else.
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
        this.flush().catch((error: unknown) => this.log.error({ error }, 'the state could not be written'));
      },
      Math.max(this.intervalMs, this.#restMs),
    );
  }

  /** Writes now. Rejects when that fails. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing
      .catch(() => undefined) // an older failure was reported to whoever asked for that write
      .then(() => this.#write());
    return this.#writing;
  }

  /** Writes a last time; what changes afterwards is not kept. */
  close(): Promise<void> {
    this.#closed = true;
    return this.flush();
  }

  async #write(): Promise<void> {
    const start = performance.now();
    const temporary = `${this.path}.tmp`;
    await writeFile(temporary, JSON.stringify(this.snapshot()), { mode: OWNER_ONLY });
    await rename(temporary, this.path);
    this.#restMs = REST * (performance.now() - start);
  }
}
