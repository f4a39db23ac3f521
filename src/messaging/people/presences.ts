import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Presence } from '#lib/whatsapp';
import { upTo } from '../../platform/growing-cache.js';
import { SessionProcess, type Asked } from '../../platform/processes/session-process.js';
import { REPORTS, type ReportOf, type Reports } from '../../sessions/reports.contract.js';

/** What somebody is doing in a chat. */
type PersonPresence = Presence & {
  readonly phoneNumber: string | null;
  readonly lid: string | null;
  /** ISO 8601: when WhatsApp told. */
  readonly at: string;
};

const maxChats = 10_000;
const maxPeopleOfChat = 1000;

/** Phones stop showing it after that time. */
const activityLifetimeMs = 25_000;

type Known = PersonPresence & { /** By the monotonic clock. */ readonly heardMs: number };

/** What other people are doing, as WhatsApp tells the process of it that has the sessions: in memory only, for as long as the connection of the session lasts. */
@Injectable()
export class Presences {
  /** By session and jid of the chat: by the jid of each person. */
  private readonly chats = new LRUCache<string, Map<string, Known>>(upTo(maxChats));

  private readonly asked: Asked<{ of: (sessionId: string, jids: readonly string[]) => readonly PersonPresence[] }>;

  constructor(@Inject(REPORTS) reports: Reports, sessionProcess: SessionProcess) {
    this.asked = sessionProcess.offer('presences', { of: (sessionId, jids) => this.heard(sessionId, jids) });
    reports.observe(['presence'], (sessionId, report) => this.note(sessionId, report));
    reports.observe(['closed'], (sessionId) => this.forget(sessionId));
  }

  /** Of the chat with one of these jids: those of whom WhatsApp has told. */
  of(sessionId: string, jids: readonly string[]): Promise<readonly PersonPresence[]> {
    return this.asked.of(sessionId, jids);
  }

  private heard(sessionId: string, jids: readonly string[]): readonly PersonPresence[] {
    const now = performance.now();
    return jids.flatMap((jid) =>
      Array.from(this.chats.get(keyOf(sessionId, jid))?.values() ?? [], ({ heardMs, ...known }) => {
        const isActive = known.state === 'typing' || known.state === 'recording';
        return isActive && now - heardMs > activityLifetimeMs ? { ...known, state: 'online' as const } : known;
      }),
    );
  }

  private note(sessionId: string, { chat, person, presence }: ReportOf<'presence'>): void {
    const key = keyOf(sessionId, chat.jid);
    const people = this.chats.get(key) ?? new Map<string, Known>();
    if (people.size >= maxPeopleOfChat && !people.has(person.jid)) return;
    const { phoneNumber, lid } = person;
    people.set(person.jid, {
      phoneNumber,
      lid,
      ...presence,
      at: new Date().toISOString(),
      heardMs: performance.now(),
    });
    this.chats.set(key, people);
  }

  private forget(sessionId: string): void {
    for (const key of this.chats.keys()) if (key.startsWith(`${sessionId} `)) this.chats.delete(key);
  }
}

const keyOf = (sessionId: string, jid: string): string => `${sessionId} ${jid}`;
