import { describe, expect, it } from '@jest/globals';
import type { ModuleRef } from '@nestjs/core';
import { StoreUnavailable } from '#lib/event-store';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { HoldMessage } from '../message.commands.js';
import { Recorder } from '../recorder.js';
import { Holds } from './holds.js';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Holds whose commands do what the test says. */
const given = (execute: (messageId: string) => void): Holds => {
  const commands = new CommandBus({} as ModuleRef);
  commands.route('HoldMessage', async (command) => execute((command as HoldMessage).data.messageId));
  return new Holds(new Recorder(commands, log));
};

const ids = Array.from({ length: 60 }, (_, n) => `m${n}`);

describe('that messages wait', () => {
  it('is recorded in turn, for as long as they wait for that', async () => {
    const recorded: string[] = [];
    let isOffline = true;
    const holds = given((messageId) => {
      recorded.push(messageId);
      if (messageId === 'm49') isOffline = false;
    });
    await holds.record(ids.map((messageId) => ({ messageId, why: 'session_offline', isCurrent: () => isOffline })));
    expect(recorded).toEqual(ids.slice(0, 50));
  });

  it('is not recorded once it has ended while the log was away', async () => {
    const tries: string[] = [];
    let isOffline = true;
    const holds = given((messageId) => {
      tries.push(messageId);
      isOffline = false;
      throw new StoreUnavailable('io', 'The disk is full');
    });
    await holds.record([{ messageId: 'm1', why: 'session_offline', isCurrent: () => isOffline }]);
    expect(tries).toEqual(['m1']);
  });
});
