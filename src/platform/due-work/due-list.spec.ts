import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DueList } from './due-list.js';

const takeAll = (list: DueList, now: number): readonly string[] => {
  const taken: string[] = [];
  for (let key = list.take(now); key !== undefined; key = list.take(now)) taken.push(key);
  return taken;
};

describe('a list of what is due', () => {
  it('hands out what is due by a time, the earliest first', () => {
    const list = new DueList();
    list.set('c', 30);
    list.set('a', 10);
    list.set('b', 20);
    expect(list.next()).toBe(10);
    expect(takeAll(list, 20)).toEqual(['a', 'b']);
    expect(list.next()).toBe(30);
  });

  it('knows one time for each key: the last one that was set', () => {
    const list = new DueList();
    list.set('a', 10);
    list.set('a', 50);
    list.set('b', 20);
    expect(takeAll(list, 40)).toEqual(['b']);
    list.set('a', 5);
    expect(takeAll(list, 40)).toEqual(['a']);
    expect(takeAll(list, 100)).toEqual([]);
  });

  it('forgets what was deleted', () => {
    const list = new DueList();
    list.set('a', 10);
    list.delete('a');
    expect(list.next()).toBeUndefined();
  });

  it('agrees with sorting, whatever is set, replaced and deleted', () => {
    const change = fc.record({ key: fc.constantFrom(...'abcdefgh'), at: fc.option(fc.integer({ min: 0, max: 50 })) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const list = new DueList();
        const model = new Map<string, number>();
        for (const { key, at } of changes) {
          if (at === null) {
            list.delete(key);
            model.delete(key);
          } else {
            list.set(key, at);
            model.set(key, at);
          }
        }
        const times = takeAll(list, 100).map((key) => model.get(key));
        expect(times).toEqual([...model.values()].sort((a, b) => a - b));
      }),
    );
  });
});
