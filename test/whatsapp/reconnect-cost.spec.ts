import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { ReconnectCost } from './support/reconnect-cost.child.js';

describe('a session that reconnected many times', () => {
  it('is not slower than a new one', async () => {
    const child = ['--expose-gc', 'dist/test/whatsapp/support/reconnect-cost.child.js', '60'];
    const { stdout } = await promisify(execFile)(process.execPath, child);
    const { awaits } = JSON.parse(stdout) as ReconnectCost;
    expect(awaits.after / awaits.before).toBeLessThan(4); // it would be 15 with a storage for each socket
  }, 120_000);
});
