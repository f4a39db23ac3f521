import { once } from 'node:events';
import type { SandboxOptions } from '#lib/whatsapp-sandbox';
import { startChild, type RemoteCalls } from './rpc.js';
import type { SandboxCalls } from './sandbox.child.js';

/** A sandbox in a process of its own. */
export type SandboxProcess = {
  readonly url: string;
  /** Of its control API. */
  readonly controlUrl: string;
  readonly port: number;
  readonly rootPublicKey: Buffer;
  readonly caCertificate: string;
  readonly ask: RemoteCalls<Omit<SandboxCalls, 'start' | 'stop'>>;
  /** Stops it in order, and ends the process. */
  readonly end: () => Promise<void>;
  /** Ends the process as a crash does, at once. Harmless when it has ended. */
  readonly kill: () => Promise<void>;
};

/** Starts one from `dist/test`. Rejects when it cannot start; the options have to be plain data. */
export async function startSandboxProcess(
  options: SandboxOptions = {},
  execArgv: readonly string[] = [],
): Promise<SandboxProcess> {
  const { child, calls } = startChild<SandboxCalls>('support/sandbox/sandbox.child.js', execArgv);
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
