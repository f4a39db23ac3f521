import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { faultKinds } from '#lib/whatsapp-sandbox';
import { mediaFaultKinds } from '../../libs/whatsapp-sandbox/control/schemas/fault.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { waitUntil } from './support/wait-until.js';

const run = promisify(execFile);
const startTimeoutMs = 30_000;

/** A process and its output so far. */
function start(args: readonly string[]): { readonly child: ChildProcess; readonly printed: () => string } {
  const child = spawn(process.execPath, args);
  let output = '';
  const append = (chunk: Buffer): void => void (output += chunk.toString());
  child.stdout.on('data', append);
  child.stderr.on('data', append);
  return { child, printed: () => output };
}

async function end({ child }: { readonly child: ChildProcess }): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'close');
}

describe('docs/sandbox.md', () => {
  let text: string;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let sandbox: ReturnType<typeof start>;
  let client: ReturnType<typeof start> | undefined;
  /** Replaces the addresses in the document by those of this run. */
  let withAddresses: (written: string) => string;

  const blocks = (language: string): readonly string[] =>
    [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block);

  beforeAll(async () => {
    text = await readFile('docs/sandbox.md', 'utf8');
    directory = await temporaryDirectory();
    const state = join(directory.path, 'state.json');
    sandbox = start(['dist/app/sandbox.js', '--port', '0', '--control-port', '0', '--state', state]);
    const addressOf = (what: string) =>
      waitUntil(sandbox.printed(), () => new RegExp(`${what}\\s+(\\S+)`).exec(sandbox.printed())?.[1], startTimeoutMs);
    const [url, page] = [await addressOf('clients connect to'), await addressOf('web page')];
    withAddresses = (written) =>
      written
        .replaceAll('ws://127.0.0.1:3100/ws/chat', url)
        .replaceAll('http://127.0.0.1:3101', page)
        .replaceAll("'sandbox-client'", JSON.stringify(join(directory.path, 'client')));
  });
  afterAll(async () => {
    if (client) await end(client);
    await end(sandbox);
    await directory.remove();
  });

  it('starts with an npm script that exists', async () => {
    expect(blocks('sh')[0]).toBe('npm run sandbox\n');
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: { [name: string]: string } };
    expect(scripts['sandbox']).toMatch('node dist/app/sandbox.js --port');
  });

  it('has commands that work as documented with the client that it shows', async () => {
    const shown = start(['--input-type=module', '--eval', withAddresses(blocks('js').join('\n'))]);
    client = shown;
    const qr = await waitUntil(
      'the client shows a QR code',
      () => /QR='([^']+)'/.exec(shown.printed())?.[1],
      startTimeoutMs,
    );

    const commands = blocks('sh').slice(1).join('\n');
    const script = withAddresses(commands).replace("QR='…'", `QR='${qr}'`);
    const { stdout } = await run('bash', ['-xeuo', 'pipefail', '-c', script], { timeout: 120_000 }).catch(
      ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) => {
        throw new Error(
          `The last commands were ${stderr.slice(-1000)} and answered ${stdout.slice(-1000)}; the client printed ${shown.printed().slice(-1000)}`,
        );
      },
    );

    expect(stdout).toContain('"text":"You said: hello"');
    expect(stdout).toContain('"kind":"nack"');
    expect(stdout).toContain('"status":"ok"');
    await waitUntil('the client is unlinked', () => shown.printed().includes('closed: 401'));
    expect(shown.printed().match(/connected as/g)?.length).toBeGreaterThanOrEqual(2);
  }, 150_000);

  it('has no command that this test does not run', () => {
    const written = text.match(/curl -/g) ?? [];
    expect(
      blocks('sh')
        .join('')
        .match(/curl -/g),
    ).toHaveLength(written.length);
    expect(written.length).toBeGreaterThan(10);
  });

  it('lists every fault kind', () => {
    const listed = [...text.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, kind]) => kind);
    expect(listed).toEqual(expect.arrayContaining([...faultKinds, ...mediaFaultKinds]));
  });
});
