import { fork } from 'node:child_process';
import { once } from 'node:events';
import { OperatorError } from '#lib/operator-error';
import type { Log } from '#lib/subscriptions';

export type SandboxPlace = {
  readonly port: number;
  readonly controlPort: number;
  readonly stateFile: string;
  readonly logFormat: 'pretty' | 'json';
};

/** A sandbox's WebSocket, the certificate authority of its media (PEM), and its control API. */
type SandboxAddress = { readonly url: string; readonly ca: string; readonly controlUrl: string };

/** The one message from the sandbox's process. */
export type SandboxAnswer = SandboxAddress | { readonly error: string };

export type SandboxBeside = SandboxAddress & {
  /** Resolves when its process has ended. */
  stop(): Promise<void>;
};

/** The sandbox beside the service could not be started; the message says why. */
class SandboxNotStarted extends OperatorError {
  override readonly name = 'SandboxNotStarted';
}

/** Starts the sandbox beside the service, in a process of its own that ends with this one. @throws {SandboxNotStarted} */
export const startSandboxBeside = async (place: SandboxPlace, log: Log): Promise<SandboxBeside> => {
  const child = fork(new URL('./sandbox.child.js', import.meta.url), [JSON.stringify(place)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {}, // it needs nothing of the environment, and the environment may have secrets
  });
  const ended = once(child, 'exit');
  const answer = await Promise.race([
    once(child, 'message').then(([message]) => message as SandboxAnswer),
    ended.then(([code]): SandboxAnswer => ({ error: `The sandbox ended with code ${String(code)}` })),
  ]);
  if ('error' in answer) throw new SandboxNotStarted(answer.error);
  // The sandbox must not keep a service alive that could not start.
  child.unref();
  child.channel?.unref();

  let isStopping = false;
  child.once('exit', (code) => {
    if (!isStopping) log.error({ code }, 'The sandbox has ended: restart the service to start it again');
  });
  return {
    ...answer,
    stop: async () => {
      isStopping = true;
      child.ref();
      if (child.connected) child.disconnect();
      await ended;
    },
  };
};
