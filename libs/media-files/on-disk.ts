import { MediaFilesUnavailable } from './port.js';

/** Does something with the disk. @throws {MediaFilesUnavailable} it fails. */
export const onDisk = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new MediaFilesUnavailable(`The media files cannot be written or read: ${code ?? message}`, { cause: error });
  }
};

export const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
