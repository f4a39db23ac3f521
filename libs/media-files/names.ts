const idPattern = /^[0-9a-f-]{36}$/;
const hashPattern = /^[0-9a-f]{64}$/;
const shardPattern = /^[0-9a-f]{2}$/;

export const isUserId = (name: string): boolean => idPattern.test(name);
export const isHash = (name: string): boolean => hashPattern.test(name);
export const isShard = (name: string): boolean => shardPattern.test(name);

/** The id itself. @throws {Error} it is none, and might lead to another place. */
export const userIdOf = (name: string): string => {
  if (!isUserId(name)) throw new Error('This is no id of a user');
  return name;
};

/** Where a file of a user is, below the user: in one of 256 places, so that none grows too large to be listed. @throws {Error} it is no hash. */
export const placeOf = (sha256: string): string => {
  if (!isHash(sha256)) throw new Error('This is no hash of a file');
  return `${sha256.slice(0, 2)}/${sha256}`;
};
