import { fork } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import type { Config } from '#config';
import { OperatorError } from '#lib/operator-error';
import type { Description } from './description.contract.js';
import type { Drilled } from './drill.js';

/** What the process of backups is asked to do. The configuration comes this way, since the environment of a process can be seen. */
export type BackupWork = { readonly config: Config } & (
  | { readonly what: 'make'; readonly id: string; readonly sagas: readonly string[] }
  | { readonly what: 'prune' | 'drill'; readonly log: string | undefined }
  | { readonly what: 'look' }
);

/** What became of it. `removed`: how many backups are no longer kept; `left`: those that are there now. */
export type BackupOutcome =
  | { readonly made: Description }
  | { readonly removed: number; readonly left: readonly Description[] }
  | { readonly drilled: Drilled }
  | { readonly error: string };

/** It was not done; the message says why. */
class BackupFailed extends OperatorError {
  override readonly name = 'BackupFailed';
}

const backupProgram = new URL('./backup.child.js', import.meta.url);

/** What Node itself reads. Nothing else is passed on: the environment has secrets, and that of a process can be seen. */
const passedOn = [
  'NODE_EXTRA_CA_CERTS',
  'NODE_OPTIONS',
  'NODE_USE_SYSTEM_CA',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
] as const;

/** How long it may go on after it was told to end: the copy of a large file cannot be interrupted. */
const endTimeoutMs = 1000;

/**
 * Works on backups in a process of its own, behind everything else on this machine, so that no request waits for it. The process ends when the
 * signal is aborted, or this process ends. @throws {OperatorError} it failed, or was ended.
 */
export const inChild = async (
  work: BackupWork,
  signal: AbortSignal,
  program: URL = backupProgram,
): Promise<Exclude<BackupOutcome, { readonly error: string }>> => {
  signal.throwIfAborted();
  const child = fork(program, [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: Object.fromEntries(
      Object.entries(process.env).filter(([name]) => (passedOn as readonly string[]).includes(name)),
    ),
  });
  let killing: NodeJS.Timeout | undefined;
  const end = (): void => {
    if (child.connected) child.disconnect();
    killing = setTimeout(() => child.kill('SIGKILL'), endTimeoutMs);
  };
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
    clearTimeout(killing);
    signal.removeEventListener('abort', end);
  }
};
