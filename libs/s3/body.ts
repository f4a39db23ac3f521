import { PassThrough, type Readable } from 'node:stream';

class NoBytes extends Error {
  override readonly name = 'NoBytes';
}

/**
 * The body of an answer. It fails with what `failure` makes of it where the connection breaks, or brings nothing for so long; a reader may
 * take its time, also before it begins. Destroying it ends the request.
 */
export const guardedBody = (body: Readable, idleTimeoutMs: number, failure: (error: unknown) => Error): Readable => {
  const guarded = new PassThrough();
  let idle: NodeJS.Timeout;
  const wait = (): void => {
    clearTimeout(idle);
    idle = setTimeout(() => (guarded.writableNeedDrain ? wait() : body.destroy(new NoBytes())), idleTimeoutMs);
  };
  wait();
  body.on('data', wait);
  body.on('error', (error) => guarded.destroy(failure(error)));
  guarded.on('error', () => undefined); // whoever reads it later meets it then; without a listener, it would end the process
  guarded.on('close', () => {
    clearTimeout(idle);
    body.destroy();
  });
  return body.pipe(guarded);
};
