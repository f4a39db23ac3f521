/** What kind of trouble a database error means, or undefined where it is no trouble of the disk. */
export const diskProblem = (error: unknown): 'disk_full' | 'io' | undefined => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return 'disk_full';
  // A write-ahead log that cannot grow on a full disk shows as an I/O error of the write or of its shared memory.
  if (code.startsWith('SQLITE_IOERR') || code === 'SQLITE_CANTOPEN' || code === 'SQLITE_READONLY') return 'io';
  return undefined;
};
