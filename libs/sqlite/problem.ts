/** The code of a database's or the system's error, empty where there is none. (Its class says nothing: a thread passes on copies.) */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** What kind of trouble a database error means, or undefined where it is no trouble of the disk. */
export const diskProblem = (error: unknown): 'disk_full' | 'io' | undefined => {
  const code = codeOf(error);
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return 'disk_full';
  // A write-ahead log that cannot grow on a full disk shows as an I/O error of the write or of its shared memory.
  if (code.startsWith('SQLITE_IOERR') || code === 'SQLITE_CANTOPEN' || code === 'SQLITE_READONLY') return 'io';
  return undefined;
};

/** Whether an error means that the file itself is damaged, or no database. */
export const isDamage = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));
