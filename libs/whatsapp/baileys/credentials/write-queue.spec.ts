import { expect, it } from '@jest/globals';
import type { CredentialsChange } from './change.js';
import { WriteQueue } from './write-queue.js';

const change = (session: string, name: string): CredentialsChange => ({
  session,
  entries: [{ type: 'session', id: name, value: Buffer.from(name) }],
  arrivals: [],
});
const nameOf = ({ entries }: CredentialsChange): string => entries?.[0]?.id ?? 'removal';

/** A queue whose commits end when they are told to. */
const queue = () => {
  const commits: { readonly names: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const commit = (changes: readonly CredentialsChange[]): Promise<void> =>
    new Promise((resolve, reject) => {
      commits.push({ names: changes.map(nameOf), end: (error) => (error ? reject(error) : resolve()) });
    });
  const settled: string[] = [];
  const writes = new WriteQueue(commit, (each) => settled.push(nameOf(each)));
  const until = async (count: number): Promise<void> => {
    while (commits.length < count) await new Promise(setImmediate);
  };
  return { writes, commits, settled, until };
};

it('commits what is written during a commit together, afterwards', async () => {
  const { writes, commits, until } = queue();
  void writes.push(change('one', 'first'), 'crash');
  await until(1);
  const later = ['second', 'third'].map((name) => writes.push(change('one', name), 'crash'));
  commits[0]!.end();
  await until(2);
  commits[1]!.end();
  await Promise.all(later);
  expect(commits.map(({ names }) => names)).toEqual([['first'], ['second', 'third']]);
});

it('fails what was made on top of what could not be stored, and nothing else', async () => {
  const { writes, commits, settled, until } = queue();
  const write = (...args: Parameters<typeof change>) => writes.push(change(...args), 'crash');
  const failing = write('one', 'first');
  await until(1);
  const behind = [write('one', 'behind'), write('two', 'of another session')];
  const removal = writes.push({ session: 'one', entries: null, arrivals: [] }, 'power_cut');
  commits[0]!.end(new Error('The disk is full'));
  await expect(failing).rejects.toThrow('full');
  await expect(behind[0]).rejects.toThrow('full');
  expect(settled).toEqual(['first', 'behind']);
  await until(2);
  expect(commits[1]!.names).toEqual(['of another session', 'removal']);
  commits[1]!.end();
  await Promise.all([behind[1], removal]);
});
