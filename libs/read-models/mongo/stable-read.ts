/** What a read may meet when a rebuilt collection takes the place of the one that it reads. */
const replaced = new Set<unknown>([43, 175, 237, 246, 281, 438]);

/** Reads again where the collection was replaced during the read. */
export const stableRead = async <Result>(read: () => Promise<Result>): Promise<Result> => {
  try {
    return await read();
  } catch (error) {
    if (!replaced.has((error as { readonly code?: unknown }).code)) throw error;
    return read();
  }
};
