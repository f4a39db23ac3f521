import { Encrypter } from 'age-encryption';
import { OperatorError } from '#lib/operator-error';

/** A key is none, or not one of `age`. The message does not repeat it. */
export class InvalidKey extends OperatorError {
  override readonly name = 'InvalidKey';
}

/** Whether it is a public key of `age` (`age1…`). */
export const isRecipient = (text: string): boolean => {
  try {
    new Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
};

/** The secret keys in the text of a file as `age-keygen` writes it. @throws {InvalidKey} there is none. */
export const identitiesIn = (text: string): readonly string[] => {
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0 || keys.some((key) => !key.startsWith('AGE-SECRET-KEY-')))
    throw new InvalidKey('The file has no secret key of age (AGE-SECRET-KEY-…), or something else beside it');
  return keys;
};
