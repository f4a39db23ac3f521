import { join, relative, resolve } from 'node:path';
import { OperatorError } from '#lib/operator-error';

/** The longest path of a socket on any system that Node runs on. */
const maxPathBytes = 103;

class PathTooLong extends OperatorError {
  override readonly name = 'PathTooLong';
}

/** The socket of the operator's commands, by the shorter of its names. @throws {PathTooLong} */
export const socketPath = (dataDirectory: string): string => {
  const path = resolve(join(dataDirectory, 'operator.sock'));
  const fitting = [path, relative('.', path)].find((one) => Buffer.byteLength(one) <= maxPathBytes);
  if (fitting === undefined) throw new PathTooLong(`${path} is longer than the name of a socket may be`);
  return fitting;
};
