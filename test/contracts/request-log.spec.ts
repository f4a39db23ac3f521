import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, jest } from '@jest/globals';
import { newId } from '#lib/ids';
import { openSqliteRequestLog } from '#lib/request-log/sqlite';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { requestLogContract } from './request-log.contract.js';

requestLogContract('SQLite', async () => {
  const { path, remove } = await temporaryDirectory();
  return { open: () => openSqliteRequestLog({ file: join(path, 'requests.db') }), remove };
});

describe('the log of requests in SQLite', () => {
  it('goes on with a new thread where its own has ended', async () => {
    const { path, remove } = await temporaryDirectory();
    const file = join(path, 'requests.db');
    const posted = jest.spyOn(Worker.prototype, 'postMessage'); // whatever is asked first tells the thread
    const store = await openSqliteRequestLog({ file });
    const count = { id: newId(), userId: newId(), quarter: '2026-01-02T03:00:00.000Z', requests: 5 };
    await store.write({ requests: [], counts: [count] });
    const thread = posted.mock.contexts[0] as Worker;
    posted.mockRestore();
    await thread.terminate();
    await store.write({ requests: [], counts: [{ ...count, requests: 6 }] });
    const counts: number[] = [];
    const all = { from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z', by: 'user' } as const;
    for await (const { requests } of store.sums(all)) counts.push(requests);
    expect(counts).toEqual([6]);
    await store.close();
    await remove();
  });

  it('has one owner', async () => {
    const { path, remove } = await temporaryDirectory();
    const file = join(path, 'requests.db');
    const store = await openSqliteRequestLog({ file });
    await expect(openSqliteRequestLog({ file })).rejects.toThrow(/in use by another process/);
    await store.close();
    await (await openSqliteRequestLog({ file })).close();
    await remove();
  });
});
