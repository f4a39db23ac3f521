import { describe, expect, it } from '@jest/globals';
import { isSuccess, problemOf, retryWaitsMs, waitAfter, type Ending } from './retry.rules.js';

const now = Date.parse('2026-11-29T10:00:00.000Z');
const answered = (status: number, retryAfter?: string): Ending => ({ status, retryAfter });
const seconds = (failures: number, ending = answered(500), chance = 0.5): number | null => {
  const wait = waitAfter(failures, ending, chance, now);
  return wait === null ? null : wait / 1000;
};

describe('a delivery that failed', () => {
  it('is tried again after the published waits, and then no more', () => {
    const waits = Array.from({ length: 11 }, (_, index) => seconds(index + 1));
    expect(waits).toEqual([5, 30, 120, 600, 1800, 3600, 7200, 14_400, 21_600, 36_000, null]);
    const total = retryWaitsMs.reduce((sum, wait) => sum + wait, 0);
    expect(Math.round(total / 3_600_000)).toBe(24);
  });

  it('is tried again up to a fifth earlier or later', () => {
    expect([seconds(2, answered(500), 0), seconds(2, answered(500), 1)]).toEqual([24, 36]);
  });

  it('waits for as long as the server asks, up to a day', () => {
    expect(seconds(1, answered(429, '60'))).toBe(60);
    expect(seconds(1, answered(503, 'Sun, 29 Nov 2026 10:05:00 GMT'))).toBe(300);
    expect(seconds(2, answered(503, '1'))).toBe(30);
    expect(seconds(1, answered(503, '999999'))).toBe(86_400);
    expect(seconds(1, answered(503, 'soon'))).toBe(5);
  });

  it('is not tried again where nothing is wanted', () => {
    expect(seconds(1, answered(410))).toBe(null);
  });

  it('is any that has no 2xx; a redirect says so', () => {
    expect([200, 204, 299].map((status) => isSuccess(answered(status)))).toEqual([true, true, true]);
    expect([302, 404, 500].map((status) => isSuccess(answered(status)))).toEqual([false, false, false]);
    expect(problemOf(answered(302))).toMatch('redirects are not followed');
    expect(problemOf({ status: null, problem: 'The server took too long' })).toBe('The server took too long');
  });
});
