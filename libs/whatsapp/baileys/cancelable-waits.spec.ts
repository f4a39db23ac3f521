import { describe, expect, it } from '@jest/globals';
import { CancelableWaits } from './cancelable-waits.js';

describe('a wait', () => {
  const never = new Promise<never>(() => undefined);

  it('settles like its work', async () => {
    const waits = new CancelableWaits();
    await expect(waits.for(Promise.resolve(1))).resolves.toBe(1);
    await expect(waits.for(Promise.reject(new Error('work')))).rejects.toThrow('work');
  });

  it('fails when its time is over', async () => {
    const waits = new CancelableWaits();
    await expect(waits.for(never, { ms: 1, error: () => new Error('late') })).rejects.toThrow('late');
  });

  it('fails when all waits are canceled, now and later', async () => {
    const waits = new CancelableWaits();
    const waiting = waits.for(never);
    waits.cancelAll(new Error('ended'));
    await expect(waiting).rejects.toThrow('ended');
    await expect(waits.for(never)).rejects.toThrow('ended');
  });
});
