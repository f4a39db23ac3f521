import { describe, expect, it } from '@jest/globals';
import { namesIn } from './names.js';

const window = { maxSearchWindow: 10, checkpointInterval: 1 };
const regexOf = (filter: object): RegExp => new RegExp((filter as { regex: string }).regex, 'u');

describe('names on a server', () => {
  it('begin with the namespace, and those of others and of the server are not ours', () => {
    const names = namesIn('shop.');
    expect(names.ofServer(names.onServer('message-1'))).toBe('message-1');
    for (const foreign of ['message-1', '$settings', '$$shop.message-1'])
      expect(names.ofServer(foreign)).toBeUndefined();
    expect(namesIn().ofServer('$stats')).toBeUndefined();
  });

  it('are filtered by whole categories and whole types, whatever characters they have', () => {
    const names = namesIn('shop.');
    const streams = regexOf(names.filter({ categories: ['message', 'slots'] }, window));
    expect(['shop.message-1', 'shop.slots', 'shop.slots-a-b'].every((name) => streams.test(name))).toBe(true);
    expect(['shop.messages-1', 'shopXmessage-1', 'message-1'].some((name) => streams.test(name))).toBe(false);
    const types = regexOf(names.filter({ categories: ['message'], types: ['A.B', 'C|D', 'E(1)'] }, window));
    expect(['A.B', 'C|D', 'E(1)'].every((type) => types.test(type))).toBe(true);
    expect(['AxB', 'C', 'A.B2'].some((type) => types.test(type))).toBe(false);
    const own = regexOf(namesIn().filter(undefined, window));
    expect([own.test('message-1'), own.test('$settings')]).toEqual([true, false]);
  });
});
