import { jest } from '@jest/globals';
import { dayInZone } from '#lib/time-zones';
import { pauseOnly, safePacing, type Pacing } from '../pacing/pacing.contract.js';
import type { Contact } from '../pacing/pacing.rules.js';
import { SessionPacer } from '../pacing/session-pacer.js';
import type { Hold } from './held-chats.js';
import { SessionQueue, type AttemptResult } from './session-queue.js';

export const done = { next: 'done', recorded: Promise.resolve() } as const satisfies AttemptResult;

export const message = (messageId: string, chatId: string) => ({ messageId, chatId, changeId: null });

export const paced = (messagesPerMinute: number): Pacing => ({
  ...safePacing,
  ...pauseOnly,
  messagesPerMinute,
  jitter: 0,
});

const someone: Contact = { isStranger: false, isNew: false, timeZones: [] };

/** A queue whose attempts end when the test says so. `contacts`: whom it writes to, by chat; others have written before. */
export const queueWith = (
  pacing: Pacing = { ...safePacing, enabled: false },
  contacts: Readonly<Record<string, Contact>> = {},
) => {
  const attempts: string[] = [];
  const held: string[] = [];
  const holds: Hold[] = [];
  const answers = new Map<string, (verdict: AttemptResult) => void>();
  const session = { isOpen: true };
  const known = new Map<string, Contact>();
  const releases = new Map<string, string>();
  const settings = { pacing, newContacts: 0 };
  const queue = new SessionQueue({
    isOpen: () => session.isOpen,
    deliver: (entry) => {
      const { messageId } = entry;
      attempts.push(messageId);
      return new Promise((resolve) =>
        answers.set(messageId, (result) => {
          entry.hasBegun = result.next !== 'retry_after_work';
          resolve(result);
        }),
      );
    },
    hold: async (told) => {
      holds.push(...told);
      held.push(...told.map(({ messageId, why }) => `${messageId} ${why}`));
    },
    pace: new SessionPacer({
      settings: () => ({
        pacing: settings.pacing,
        ageDays: 100,
        restrictions: [],
        today: { timeZone: 'UTC', ...dayInZone('UTC', new Date().toISOString()) },
      }),
      contacts: {
        known: (chatId) => known.get(chatId),
        learn: async (chatId, _messageId, more) => {
          await more();
          if (!known.has(chatId)) known.set(chatId, contacts[chatId] ?? someone);
        },
        setNew: (chatId, isNew) => void known.set(chatId, { ...known.get(chatId)!, isNew }),
      },
      newContactsOn: async () => settings.newContacts,
    }),
    releaseAt: (chatId, dueAt) => void releases.set(chatId, dueAt),
  });
  const answer = async (messageId: string, result: AttemptResult = done): Promise<void> => {
    answers.get(messageId)?.(result);
    await jest.advanceTimersByTimeAsync(0);
  };
  return { queue, attempts, held, holds, session, answer, known, releases, settings };
};
