import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { retryWaitsMs } from '../../src/webhooks/retry.rules.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const text = readFileSync('docs/webhooks.md', 'utf8');
const snippet = (language: string): string => text.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? '';

type Language = {
  readonly language: string;
  readonly file: string;
  /** What turns the snippet into a program that reads `[secret, headers, body]` and prints whether the signature is right. */
  readonly program: (snippet: string) => string;
  readonly command: readonly string[];
};
const languages: readonly Language[] = [
  {
    language: 'js',
    file: 'verify.mjs',
    program: (code) => `${code}\nimport { readFileSync } from 'node:fs';
console.log(verify(...JSON.parse(readFileSync(0, 'utf8'))));`,
    command: ['node', 'verify.mjs'],
  },
  {
    language: 'python',
    file: 'verify.py',
    program: (code) => `${code}\nimport json, sys\nprint(str(verify(*json.load(sys.stdin))).lower())`,
    command: ['python3', 'verify.py'],
  },
  {
    language: 'php',
    file: 'verify.php',
    program: (code) => `<?php\n${code}\necho json_encode(verify(...json_decode(stream_get_contents(STDIN), true)));`,
    command: ['php', 'verify.php'],
  },
  {
    language: 'go',
    file: 'verify.go',
    program: (code) => `${code.replace('import (', 'import (\n"encoding/json"\n"fmt"\n"os"')}
func main() {
	var input []json.RawMessage
	var secret, body string
	var headers map[string]string
	json.NewDecoder(os.Stdin).Decode(&input)
	json.Unmarshal(input[0], &secret)
	json.Unmarshal(input[1], &headers)
	json.Unmarshal(input[2], &body)
	fmt.Println(verify(secret, headers, body))
}`,
    command: ['go', 'run', 'verify.go'],
  },
];
const isInstalled = ([command = '']: readonly string[]): boolean => spawnSync('which', [command]).status === 0;

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const former = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const body = '{"type":"message.received","text":"Grüße 👋"}';
const signed = (at: Date, ...secrets: readonly string[]) => ({
  'webhook-id': 'evt_1',
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  'webhook-signature': secrets.map((one) => new Webhook(one).sign('evt_1', at, body)).join(' '),
});

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeAll(async () => {
  directory = await temporaryDirectory();
});
afterAll(() => directory.remove());

describe('the documentation of webhooks verifies signatures', () => {
  for (const { language, file, program, command } of languages) {
    (isInstalled(command) ? it : it.skip)(`in ${language}`, () => {
      writeFileSync(join(directory.path, file), program(snippet(language)));
      const verify = (headers: object, given = body): string => {
        const [name = '', ...rest] = command;
        const input = JSON.stringify([secret, headers, given]);
        const { stdout, stderr } = spawnSync(name, rest, { cwd: directory.path, input, encoding: 'utf8' });
        return (stdout + stderr).trim();
      };
      const now = new Date();
      expect(verify(signed(now, secret))).toBe('true');
      expect(verify(signed(now, former, secret))).toBe('true');
      expect(verify(signed(now, former))).toBe('false');
      expect(verify(signed(now, secret), `${body} `)).toBe('false');
      expect(verify(signed(new Date(now.getTime() - 600_000), secret))).toBe('false');
    });
  }
});

it('the documentation tells how long each wait is', () => {
  const units = { s: 1000, min: 60_000, h: 3_600_000 };
  const row = /^\| wait +\|(.*)\|$/m.exec(text)?.[1] ?? '';
  const waits = row.split('|').map((cell) => {
    const [amount = '', unit = ''] = cell.trim().split(' ');
    return Number(amount) * units[unit as keyof typeof units];
  });
  expect(waits).toEqual(retryWaitsMs);
});
