import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Linux counts a process's CPU in hundredths of a second. */
const tickMs = 10;

const megabytes = ({ pid }: ChildProcess, field: 'VmRSS' | 'VmHWM'): number => {
  const [, kilobytes] = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
};

/** Megabytes of memory that a process holds. */
export const memoryOf = (process: ChildProcess): number => megabytes(process, 'VmRSS');

/** The most megabytes of memory that a process has held so far. */
export const peakMemoryOf = (process: ChildProcess): number => megabytes(process, 'VmHWM');

/** Milliseconds of CPU that all threads of a process have used so far. */
export const cpuOf = ({ pid }: ChildProcess): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields[11], fields[12]].map(Number) as [number, number];
  return (user + system) * tickMs;
};
