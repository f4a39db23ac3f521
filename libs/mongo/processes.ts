import { readFileSync, readlinkSync } from 'node:fs';

/** Where a process runs, and its id there: nothing where the system does not tell. */
export type Here = { readonly machine?: string; readonly pid?: number };

/** This process. The machine is a running system and the processes that it shows to this one. */
export const here = (): Here => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return { machine: `${boot} ${readlinkSync('/proc/self/ns/pid')}`, pid: process.pid };
  } catch {
    return {}; // not Linux
  }
};

/** Whether a process is known to have ended: one of this very machine. */
export const hasEnded = ({ machine, pid }: Here): boolean => {
  if (machine === undefined || pid === undefined || machine !== here().machine) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
};
