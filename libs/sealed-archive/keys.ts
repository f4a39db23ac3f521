import { Decrypter, Encrypter } from 'age-encryption';
import { OperatorError } from '#lib/operator-error';

/** A key of `age` is missing or malformed. Neither the message nor a cause repeats it. */
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

/** What decrypts with these secret keys. @throws {InvalidKey} one is malformed. */
export const decrypterFor = (identities: readonly string[]): Decrypter => {
  const decrypter = new Decrypter();
  try {
    for (const identity of identities) decrypter.addIdentity(identity);
    return decrypter;
  } catch {
    // No cause: what the library says of a key may repeat all of it.
    throw new InvalidKey('A secret key of age (AGE-SECRET-KEY-…) is malformed: compare it with the original');
  }
};

/** The secret keys in the text of a file as `age-keygen` writes it. @throws {InvalidKey} there is none, or one is malformed. */
export const identitiesIn = (text: string): readonly string[] => {
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0 || keys.some((key) => !key.startsWith('AGE-SECRET-KEY-')))
    throw new InvalidKey('The file has no secret key of age (AGE-SECRET-KEY-…), or something else beside it');
  decrypterFor(keys);
  return keys;
};
