import { describe, expect, it } from '@jest/globals';
import { atOneVersion } from './at-one-version.js';

const once = <Result>(reading: () => Promise<Result>): Promise<Result> => reading();

describe('what is used together', () => {
  it('is read again where its version has changed meanwhile', async () => {
    let version = 1;
    const used: string[] = [];
    const read = (of: number): Promise<string> => {
      if (of < 3) version += 1;
      return Promise.resolve(`keys of ${of}`);
    };
    const use = (keys: string) => used.push(`URL of ${version}, ${keys}`);
    await atOneVersion({ version: () => version, read, retried: once }, use);
    expect(used).toEqual(['URL of 3, keys of 3']);
  });

  it('is of the version at its last attempt to read, where one before it failed', async () => {
    let version = 1;
    const asked: number[] = [];
    const read = (of: number): Promise<number> => {
      asked.push(of);
      if (asked.length > 1) return Promise.resolve(of);
      version = 2;
      return Promise.reject(new Error('The store is in trouble'));
    };
    const twice = <Result>(reading: () => Promise<Result>): Promise<Result> => reading().catch(() => reading());
    const used = await atOneVersion({ version: () => version, read, retried: twice }, (of) => of);
    expect({ used, asked }).toEqual({ used: 2, asked: [1, 2] });
  });
});
