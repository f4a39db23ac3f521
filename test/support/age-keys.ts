import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';

/** A key of age, whose secret half is in a file of the directory, as `age-keygen` writes it. */
export const newAgeKey = async (directory: string, name = 'identity.txt') => {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const file = join(directory, name);
  await writeFile(file, `# public key: ${recipient}\n${identity}\n`, { mode: 0o600 });
  return { recipient, file };
};
