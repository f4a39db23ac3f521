import { fork } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import type { Config } from '#config';
import { OperatorError } from '#lib/operator-error';
import type { Description } from './description.js';
import type { Drilled } from './drill.js';

/** What the process of backups is asked to do. The configuration comes this way, since the environment of a process can be seen. */
export type BackupWork = { readonly config: Config } & (
  | { readonly what: 'make'; readonly id: string; readonly sagas: readonly string[] }
  | { readonly what: 'prune' | 'drill'; readonly log: string | undefined }
);

/** What became of it. `removed`: how many backups are no longer kept; `left`: the ids of those that are there now. */
export type BackupOutcome =
  | { readonly made: Description }
  | { readonly removed: number; readonly left: readonly string[] }
  | { readonly drilled: Drilled }
  | { readonly error: string };

/** It was not done; the message says why. */
class BackupFailed extends OperatorError {
  override readonly name = 'BackupFailed';
}

/**
 * Works on backups in a process of its own, behind everything else on this machine, so that no request waits for it. The process ends when the
 * signal is aborted, or this process ends. @throws {OperatorError} it failed, or was ended.
 */
export const inChild = async (
  work: BackupWork,
  signal: AbortSignal,
): Promise<Exclude<BackupOutcome, { readonly error: string }>> => {
  signal.throwIfAborted();
  const child = fork(new URL('./backup.child.js', import.meta.url), [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {},
  });
  const end = (): void => child.disconnect();
  signal.addEventListener('abort', end, { once: true });
  try {
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    const ended = once(child, 'exit').then(([code]): BackupOutcome => ({
      error: `The process ended with ${String(code)}`,
    }));
    const told = once(child, 'message').then(([message]) => message as BackupOutcome);
    child.send(work);
    const outcome = await Promise.race([told, ended]);
    await ended;
    if ('error' in outcome) throw new BackupFailed(outcome.error);
    return outcome;
  } finally {
    signal.removeEventListener('abort', end);
  }
};
