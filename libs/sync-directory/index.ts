import { open } from 'node:fs/promises';

/** Resolves once the names of the files in a directory would survive a power cut: without it, a file that was just named may lose that name. */
export const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
};
