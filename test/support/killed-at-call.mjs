// Preloaded into a program: kills it right before the n-th call of node:fs/promises that a test names, such as `rename events.db.restoring 1`.
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [name, ending, times] = (process.env.WAYBILL_TEST_KILL_BEFORE ?? '').split(' ');
const real = promises[name];
let calls = 0;
if (real) {
  promises[name] = (path, ...more) => {
    if (String(path).endsWith(ending)) calls += 1;
    if (calls === Number(times)) process.kill(process.pid, 'SIGKILL');
    return real(path, ...more);
  };
  syncBuiltinESMExports();
}
