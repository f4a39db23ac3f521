import { describe, expect, it } from '@jest/globals';
import type { ModuleRef } from '@nestjs/core';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Transient } from '#lib/async';
import type { Command } from '#lib/event-sourcing';
import type { Report } from '#lib/whatsapp';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { KeepReport } from '../unrecorded/report.commands.js';
import { ConnectionStarts } from './connection-starts.js';
import { ReportRouter } from './report-router.js';

type Note = Command<'Note', { readonly text: string }>;
const note = (text: string): Note => ({ type: 'Note', data: { text } });

const refused = (whatsappId: string): Report => ({
  kind: 'refused',
  whatsappId,
  refusal: { code: 463, reason: 'No.', retryable: false },
});
const account = {
  phoneNumber: '+491701234567',
  jid: '491701234567:1@s.whatsapp.net',
  lid: null,
  pushName: null,
  platform: null,
};
const opened: Report = { kind: 'open', account };
const closed: Report = {
  kind: 'closed',
  disconnect: { reason: 'connection_lost', code: 408, detail: 'Lost.', retry: 'later' },
};
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** A router whose commands end up in `recorded`; those in `held` wait until they are released, those in `failures` fail first. */
const setUp = () => {
  const recorded: string[] = [];
  const held = new Map<string, Promise<void>>();
  const failures = new Map<string, Error[]>();
  const commands = new CommandBus({} as ModuleRef);
  commands.route('Note', async (command) => {
    const { text } = (command as Note).data;
    await held.get(text);
    const failure = failures.get(text)?.shift();
    if (failure) throw failure;
    recorded.push(text);
  });
  const kept: KeepReport['data'][] = [];
  commands.route('KeepReport', async (command) => void kept.push((command as KeepReport).data));
  const starts = new ConnectionStarts();
  const deleted = new Set<string>();
  const router = new ReportRouter(silent, commands, starts, { has: async (sessionId) => deleted.has(sessionId) });
  const hold = (text: string): (() => void) => {
    let release!: () => void;
    held.set(text, new Promise<void>((resolve) => (release = resolve)));
    return release;
  };
  return { router, starts, deleted, recorded, kept, failures, hold };
};

const turns = async (): Promise<void> => {
  for (let n = 0; n < 5; n += 1) await nextTurn();
};

describe('reports from WhatsApp', () => {
  it('reach every observer at once, with the start that the connection belongs to', () => {
    const { router, starts } = setUp();
    const seen: unknown[] = [];
    router.observe(['open', 'closed'], (sessionId, { kind }, start) => seen.push(['one', sessionId, kind, start]));
    router.observe(['closed'], (sessionId, { kind }, start) => seen.push(['two', sessionId, kind, start]));
    starts.begin('s', 3);
    void router.hear('s', opened);
    void router.hear('s', closed);
    expect(seen).toEqual([
      ['one', 's', 'open', 3],
      ['one', 's', 'closed', 3],
      ['two', 's', 'closed', 3],
    ]);
    expect(starts.of('s')).toBeNull();
  });

  it('reach the recorders that they concern', async () => {
    const { router, recorded } = setUp();
    router.record('refused', {
      concerns: ({ whatsappId }) => whatsappId === 'A',
      commandsFor: (_session, { whatsappId }) => [note(`one ${whatsappId}`)],
    });
    router.record('refused', { commandsFor: (_session, { whatsappId }) => [note(`two ${whatsappId}`)] });
    router.record('open', { concerns: () => false, commandsFor: () => [note('never')] });
    router.onApplicationBootstrap();
    for (const report of [refused('A'), refused('B'), opened]) await router.hear('s', report);
    expect(recorded).toEqual(['one A', 'two A', 'two B']);
  });

  it('reach an observer also where another one fails', () => {
    const { router } = setUp();
    const seen: string[] = [];
    router.observe(['open'], () => {
      throw new Error('A bug');
    });
    router.observe(['open'], (sessionId) => seen.push(sessionId));
    void router.hear('s', opened);
    expect(seen).toEqual(['s']);
  });

  it('are recorded once everybody has registered', async () => {
    const { router, recorded } = setUp();
    const heard = router.hear('s', opened);
    router.record('open', { commandsFor: () => [note('open')] });
    await turns();
    expect(recorded).toEqual([]);
    router.onApplicationBootstrap();
    await heard;
    expect(recorded).toEqual(['open']);
  });

  it('are recorded by one recorder after the other, and resolve when all are done', async () => {
    const { router, recorded, hold } = setUp();
    const release = hold('first');
    router.record('open', { keyOf: () => 'a', commandsFor: () => [note('first')] });
    router.record('open', { keyOf: () => 'b', commandsFor: () => [note('second')] });
    router.onApplicationBootstrap();
    let isDone = false;
    const heard = router.hear('s', opened).then(() => (isDone = true));
    await turns();
    expect([recorded, isDone]).toEqual([[], false]);
    release();
    await heard;
    expect(recorded).toEqual(['first', 'second']);
  });

  it('with the same key are recorded in order by each recorder, and others do not wait', async () => {
    const { router, recorded, hold } = setUp();
    const release = hold('1 x');
    router.record('refused', {
      keyOf: ({ whatsappId }) => whatsappId,
      commandsFor: (_, { whatsappId }) => [note(`1 ${whatsappId}`)],
    });
    router.record('refused', { keyOf: () => 'all', commandsFor: (_, { whatsappId }) => [note(`2 ${whatsappId}`)] });
    router.onApplicationBootstrap();
    const heard = [router.hear('s', refused('x')), router.hear('s', refused('y'))];
    const other = router.hear('another session', refused('z'));
    await other;
    await turns();
    expect(recorded).toEqual(['1 y', '1 z', '2 z']);
    release();
    await Promise.all(heard);
    expect(recorded.slice(3)).toEqual(['1 x', '2 x', '2 y']);
  });

  it('are recorded in the order in which they came where their key must be looked up, and others do not wait for it', async () => {
    const { router, recorded } = setUp();
    let find!: () => void;
    const found = new Promise<void>((resolve) => (find = resolve));
    const findKeys = async (_: string, { whatsappId }: { readonly whatsappId: string }): Promise<[string]> => {
      if (whatsappId === 'x') await found;
      return ['chat'];
    };
    router.record('refused', { findKeys, commandsFor: (_, { whatsappId }) => [note(whatsappId)] });
    router.record('open', { commandsFor: () => [note('open')] });
    router.onApplicationBootstrap();
    const heard = [router.hear('s', refused('x')), router.hear('s', refused('y'))];
    await Promise.all([router.hear('s', opened), router.hear('another session', refused('z'))]);
    await turns();
    expect(recorded.toSorted()).toEqual(['open', 'z']);
    find();
    await Promise.all(heard);
    expect(recorded.slice(2)).toEqual(['x', 'y']);
  });

  it('are recorded after earlier ones with any of their keys, and before later ones with their own', async () => {
    const { router, recorded, hold } = setUp();
    const release = hold('b');
    const findKeys = async (
      _: string,
      { whatsappId }: { readonly whatsappId: string },
    ): Promise<[string, ...string[]]> => (whatsappId === 'ab' ? ['a', 'b', 'a'] : [whatsappId]);
    router.record('refused', { findKeys, commandsFor: (_, { whatsappId }) => [note(whatsappId)] });
    router.onApplicationBootstrap();
    const heard = ['b', 'ab', 'a', 'c'].map((whatsappId) => router.hear('s', refused(whatsappId)));
    await heard[3];
    await turns();
    expect(recorded).toEqual(['c']);
    release();
    await Promise.all(heard);
    expect(recorded).toEqual(['c', 'b', 'ab', 'a']);
  });

  it('are recorded no further once their session is deleted', async () => {
    const { router, deleted, recorded, hold } = setUp();
    const release = hold('second');
    router.record('open', { commandsFor: () => ['first', 'second', 'third', 'fourth'].map(note) });
    router.onApplicationBootstrap();
    const heard = [router.hear('s', opened), router.hear('another session', opened)];
    await turns();
    deleted.add('s');
    release();
    await Promise.all(heard);
    expect(recorded.filter((text) => text === 'second')).toHaveLength(2);
    expect(recorded.filter((text) => text === 'fourth')).toHaveLength(1);
  });

  it('are tried again where stores are in trouble, and reject where a recorder cannot record them', async () => {
    const { router, recorded, failures } = setUp();
    router.record('open', { commandsFor: () => [note('first')] });
    router.record('open', { commandsFor: () => [note('second')] });
    router.onApplicationBootstrap();
    failures.set('first', [new Transient('The disk is full')]);
    await router.hear('s', opened);
    expect(recorded).toEqual(['first', 'second']);
    failures.set('first', [new Error('A bug')]);
    await expect(router.hear('s', opened)).rejects.toThrow('A bug');
    expect(recorded).toEqual(['first', 'second', 'second']);
  });

  it('are not recorded behind one of the same key that was given up when the service stopped', async () => {
    const { router, recorded, failures, hold } = setUp();
    router.record('refused', { keyOf: () => 'chat', commandsFor: (_, { whatsappId }) => [note(whatsappId)] });
    router.onApplicationBootstrap();
    const release = hold('x');
    failures.set('x', [new Transient('The disk is full')]);
    const heard = [router.hear('s', refused('x')), router.hear('s', refused('y'))].map((each) =>
      each.catch(() => 'no'),
    );
    await turns();
    const finished = router.finish();
    release();
    await finished;
    expect(await Promise.all(heard)).toEqual(['no', 'no']);
    expect(recorded).toEqual([]);
  });

  it('of what arrived are kept where they cannot be recorded, and recorded later', async () => {
    const { router, recorded, kept, failures } = setUp();
    const read: Report = {
      kind: 'receipt',
      receipt: { whatsappIds: ['x'], status: 'read', at: '2026-01-02T03:04:05.000Z', chat: 'c', participant: null },
    };
    router.record('receipt', { commandsFor: () => [note('read')] });
    router.onApplicationBootstrap();
    failures.set('read', [new Error('A bug')]);
    await router.hear('s', read);
    expect(kept).toEqual([{ sessionId: 's', report: read, reason: 'A bug', heardAt: expect.any(String) }]);
    await router.recordKept('s', read, kept[0]!.heardAt);
    expect(recorded).toEqual(['read']);
    failures.set('read', [new Error('A bug')]);
    await expect(router.recordKept('s', read, kept[0]!.heardAt)).rejects.toThrow('A bug');
    expect(kept).toHaveLength(1);
  });
});
