import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from './eventually.js';
import { SandboxClient, type SandboxFault } from './sandbox-client.js';
import { startTimeoutMs } from './service.js';

export type { SandboxFault, SandboxPhone } from './sandbox-client.js';

/** A sandbox process and its addresses. */
type Started = { readonly child: ChildProcess; readonly url: string; readonly controlUrl: string };

/** Runs the sandbox from `dist`; resolves once it listens. Port 0 picks a free one. */
const run = async (stateFile: string, port: string, controlPort: string): Promise<Started> => {
  const args = ['--port', port, '--control-port', controlPort, '--state', stateFile];
  const child = spawn(process.execPath, ['dist/app/sandbox.js', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => void (printed += chunk.toString()));
  return eventually(() => {
    if (child.exitCode !== null) throw new Error(`The sandbox ended: ${printed}`);
    const url = /(ws:\S+)/.exec(printed)?.[1];
    const controlUrl = /web page\s+(\S+)/.exec(printed)?.[1];
    return url !== undefined && controlUrl !== undefined && { child, url, controlUrl };
  }, startTimeoutMs);
};

/** The sandbox in a process of its own, steered over its control API. */
export class ControlledSandbox extends SandboxClient {
  private constructor(
    /** Undefined where somebody else started it, and stops it. */
    private process: ChildProcess | undefined,
    private readonly stateFile: string,
    url: string,
    controlUrl: string,
  ) {
    super(url, controlUrl);
  }

  /** From `dist`; goes on from the state file where there is one. */
  static async start(stateFile: string): Promise<ControlledSandbox> {
    const { child, url, controlUrl } = await run(stateFile, '0', '0');
    return new ControlledSandbox(child, stateFile, url, controlUrl);
  }

  /**
   * Ends the process, which cuts all connections, and starts another one on the same ports after a while. It forgets nothing, as WhatsApp
   * forgets nothing that it has acknowledged.
   */
  async replaceProcess(afterMs: number): Promise<void> {
    await this.stop();
    await delay(afterMs);
    const [port, controlPort] = [new URL(this.url).port, new URL(this.controlUrl).port];
    this.process = (await run(this.stateFile, port, controlPort)).child;
  }

  /** One that runs already. */
  static at({ url, controlUrl }: { readonly url: string; readonly controlUrl: string }): ControlledSandbox {
    return new ControlledSandbox(undefined, '', url, controlUrl);
  }

  /** Asks the control API for anything. */
  override ask<Answer = unknown>(route: string, body?: unknown): Promise<Answer> {
    return this.request(route, body);
  }

  /** Without a number, it hits everybody. */
  override async fault(fault: SandboxFault): Promise<void> {
    await this.ask('POST /faults', fault);
  }

  /** Those that have not happened yet. */
  faults(): Promise<readonly SandboxFault[]> {
    return this.ask('GET /faults');
  }

  /** How often somebody asked for a message again, of what the transcript has recorded. */
  retryReceipts(): Promise<readonly object[]> {
    return this.receipts('retry');
  }

  /** How often a client asked a phone for a file again, of what the transcript has recorded. */
  fileRequests(): Promise<readonly object[]> {
    return this.receipts('server-error');
  }

  private async receipts(type: string): Promise<readonly object[]> {
    type Entry = { readonly stanza: { readonly tag: string; readonly attrs: { readonly type?: string } } };
    const { entries } = await this.ask<{ readonly entries: readonly Entry[] }>('GET /transcript');
    return entries.filter(({ stanza }) => stanza.tag === 'receipt' && stanza.attrs.type === type);
  }

  /** Nobody can connect for so many milliseconds, and everybody is cut off. */
  async restart(downMs = 0): Promise<void> {
    await this.ask('POST /restart', { downMs });
  }

  async stop(): Promise<void> {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
  }
}
