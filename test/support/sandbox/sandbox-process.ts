import { once } from 'node:events';
import type { SandboxOptions } from '#lib/whatsapp-sandbox';
import { forkChild, type RemoteCalls } from './rpc.js';
import type { SandboxCalls } from './sandbox.child.js';

/** A sandbox in its own process. */
export type SandboxProcess = {
  readonly url: string;
  /** URL of its control API. */
  readonly controlUrl: string;
  readonly port: number;
  readonly rootPublicKey: Buffer;
  readonly caCertificate: string;
  readonly ask: RemoteCalls<Omit<SandboxCalls, 'start' | 'stop'>>;
  /** Stops the sandbox and its process. */
  readonly end: () => Promise<void>;
  /** Kills the process. No effect if it has exited. */
  readonly kill: () => Promise<void>;
};

/** Starts a sandbox process from `dist/test`. Rejects if it cannot start. The options must be plain data. */
export async function startSandboxProcess(
  options: SandboxOptions = {},
  execArgv: readonly string[] = [],
): Promise<SandboxProcess> {
  const { child, calls } = forkChild<SandboxCalls>('support/sandbox/sandbox.child.js', execArgv);
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  const end = async (): Promise<void> => {
    await calls.stop();
    child.disconnect();
    await exited;
  };
  try {
    const { rootPublicKey, ...rest } = await calls.start(options);
    return { ...rest, rootPublicKey: Buffer.from(rootPublicKey), ask: calls, end, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}
