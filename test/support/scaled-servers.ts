import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The variables that name the servers of all stores, and how they are ended. */
type ScaledServers = {
  readonly variables: { readonly EVENTSTORE_URL: string; readonly MONGODB_URI: string };
  end(): Promise<void>;
};

/** Starts the servers on the wire in a process of their own, from `dist`, so that they take no time of this one. */
export const startScaledServers = async (): Promise<ScaledServers> => {
  const child = spawn(process.execPath, ['dist/test/support/scaled-servers.child.js'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    variables: JSON.parse(line.toString()) as ScaledServers['variables'],
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
};
