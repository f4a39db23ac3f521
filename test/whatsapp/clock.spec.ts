import { afterEach, describe, expect, it } from '@jest/globals';
import { moveClock } from './support/clock.js';
import { closedFor } from './support/expectations.js';
import { linked } from './support/fixtures.js';
import { textsOf } from './support/gateway.js';
import { eventually } from '../support/eventually.js';

const hourMs = 3_600_000;

let setRight: (() => void) | undefined;
afterEach(() => {
  setRight?.();
  setRight = undefined;
});

describe('a wall clock that is set', () => {
  it.each([
    ['back', -hourMs],
    ['forward', hourMs],
  ])(
    '%s by an hour while a server is frozen does not hide that',
    linked<[string, number]>(async ({ sandbox, gateway }, _where, byMs) => {
      await gateway.close();
      await gateway.reopen({ keepAliveIntervalMs: 1_000, keepAliveTimeoutMs: 1_000 });
      await gateway.start();
      const closed = await gateway.after('closed', () => {
        sandbox.faults.add({ kind: 'freeze' });
        setRight = moveClock(byMs);
      });
      expect(closed).toMatchObject(closedFor('connection_lost', { code: 408 }));
    }),
  );
});

describe('a wall clock that is set forward by an hour', () => {
  it(
    'ends no connection',
    linked(async ({ gateway, friend }) => {
      await gateway.close();
      await gateway.reopen({ keepAliveIntervalMs: 500, keepAliveTimeoutMs: 3_000 });
      await gateway.start();
      const frameAfter = (time: number) =>
        eventually(() => Date.parse(gateway.connections.connection('one')?.lastSeenAt ?? '') > time);
      await frameAfter(Date.now() + 1_000); // by then nothing comes but the answers to pings
      setRight = moveClock(hourMs);
      await frameAfter(Date.now() + 1_500);
      await gateway.send(friend, 'still here');
      await eventually(() => textsOf(friend).length > 0);
      expect(textsOf(friend)).toEqual(['still here']);
    }),
  );
});
