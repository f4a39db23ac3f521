import { once } from 'node:events';
import { createServer } from 'node:net';
import { OperatorError } from '#lib/operator-error';

/** The HTTP server cannot listen where it is told to. */
export class CannotListen extends OperatorError {
  override readonly name = 'CannotListen';
}

/** Says why an address cannot be listened on. */
export const cannotListen = (port: number, host: string, error: unknown): CannotListen => {
  const code = (error as NodeJS.ErrnoException).code;
  const why = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${code ?? String(error)})`;
  return new CannotListen(`Port ${port} on ${host} ${why}: set PORT or HOST to another one`, { cause: error });
};

/** Fails early, before anything is opened, where the HTTP server could not listen. @throws {CannotListen} */
export const assertPortIsFree = async (port: number, host: string): Promise<void> => {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(port, host, error);
  } finally {
    if (server.listening) await new Promise((closed) => server.close(closed));
  }
};
