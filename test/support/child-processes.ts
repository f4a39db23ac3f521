import { readdirSync, readFileSync } from 'node:fs';

/** The ids of the processes that a process has started and that run, on Linux. */
export const childrenOf = (parent: number): readonly number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && parentOf(pid) === parent);

/** The variables that a process was started with, on Linux. */
export const environmentOf = (pid: number): readonly string[] =>
  readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);

export const isRunning = (pid: number): boolean => parentOf(pid) !== undefined;

/** Undefined for a process that is gone, or only waits to be collected. */
const parentOf = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : Number(parent);
  } catch {
    return undefined;
  }
};
