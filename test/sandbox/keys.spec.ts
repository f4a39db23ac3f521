import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const keyCount = 60_000;
const processTimeoutMs = 100_000;
const program = `
  const { generateKeyPair } = await import('./dist/libs/whatsapp-sandbox/crypto/curve.js');
  let kept = [];
  for (let made = 1; made <= ${keyCount}; made++) {
    kept.push(generateKeyPair());
    if (kept.length === 2_000) kept = [];
  }
  process.stdout.write('done');
`;

describe('keys', () => {
  it(
    'are made by the ten thousand, while garbage is collected, and the process does not hang',
    async () => {
      const args = ['--max-semi-space-size=1', '--input-type=module', '--eval', program];
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        timeout: processTimeoutMs,
        killSignal: 'SIGKILL',
      });
      expect(stdout).toBe('done');
    },
    processTimeoutMs + 10_000,
  );
});
