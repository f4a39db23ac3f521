import { describe, expect, it } from '@jest/globals';
import { rootOf } from './root-of.js';

describe('the root', () => {
  it('is the last one of those that lead to each other', () => {
    const leads = new Map([
      ['A', 'B'],
      ['B', 'C'],
      ['C', 'C'],
    ]);
    expect(['A', 'B', 'C', 'D'].map((start) => rootOf(start, leads))).toEqual(['C', 'C', 'C', 'D']);
  });

  it('is the same for all, also where two lead to each other', () => {
    const leads = new Map([
      ['A', 'C'],
      ['B', 'C'],
      ['C', 'B'],
    ]);
    expect(['A', 'B', 'C'].map((start) => rootOf(start, leads))).toEqual(['B', 'B', 'B']);
  });
});
