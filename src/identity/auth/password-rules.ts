import { DomainError } from '#lib/event-sourcing';

/** Of 0 to 4: takes at least 10^8 guesses. */
const minScore = 3;

type Checker = { check(password: string, names: string[]): { readonly score: number } };
let checker: Promise<Checker> | undefined;

/** Loaded on first use: the list of leaked passwords takes memory, and passwords are rarely set. */
const load = async (): Promise<Checker> => {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
};

/** A new password must not be easy to guess, for anybody or for who knows the email address. @throws {DomainError} `weak_password` */
export const assertStrong = async (password: string, email: string): Promise<void> => {
  const { score } = (await (checker ??= load())).check(password, ['waybill', email, ...email.split(/[@._+-]/)]);
  if (score >= minScore) return;
  throw new DomainError(
    'refused',
    'weak_password',
    'This password is easy to guess: take a longer one that is no common password and has no name of yours in it',
  );
};
