import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';

const program = 'dist/test/support/shared-waybill.child.js';
/** Where it ended by itself, the next spec that asks gets a new one: what ended it fails its own tests, and not all that follow. */
const maxStarts = 3;

/**
 * Lends one service to all system specs that ask for it (`sharedWaybill()`), from the first one on until the run is over. A process of its own keeps
 * it, and ends it when this process is gone, even where that was killed.
 */
export default async function setUp() {
  let keeper;
  let lent;
  let starts = 0;

  const start = () => {
    starts += 1;
    keeper = fork(program, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    return new Promise((resolve, reject) => {
      keeper.on('message', (now) => {
        lent = Promise.resolve(now); // with a new token from time to time
        resolve(now);
      });
      keeper.once('error', reject);
      keeper.once('exit', (code, signal) => {
        const ended = Promise.reject(
          new Error(`its keeper ended (${signal ?? code}); has \`npm run build:test\` run?`),
        );
        ended.catch(() => undefined);
        lent = starts < maxStarts ? undefined : ended;
        resolve(ended);
      });
    });
  };

  const answer = async (response) => {
    try {
      const body = JSON.stringify(await (lent ??= start()));
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    } catch (error) {
      response.writeHead(503, { 'content-type': 'text/plain' }).end(error.message);
    }
  };

  const server = createServer((_request, response) => void answer(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.env.WAYBILL_TEST_LENDER = `http://127.0.0.1:${server.address().port}`;

  globalThis.endSharedWaybill = async () => {
    server.closeAllConnections();
    server.close();
    if (!keeper?.connected) return;
    const ended = once(keeper, 'exit');
    keeper.disconnect();
    await ended;
  };
}
