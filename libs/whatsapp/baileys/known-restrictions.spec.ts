import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BinaryNode, ReachoutTimelockState } from '@whiskeysockets/baileys';
import type { Report } from '../reports.js';
import { KnownRestrictions } from './known-restrictions.js';

const endsAt = new Date('2026-11-24T10:00:00.000Z');
const locked: ReachoutTimelockState = { isActive: true, timeEnforcementEnds: endsAt };
const open: ReachoutTimelockState = { isActive: false };

let told: string[];
let answer: (state: ReachoutTimelockState) => void;
let asked: number;
let known: KnownRestrictions;

beforeEach(() => {
  told = [];
  asked = 0;
  known = new KnownRestrictions({
    socket: {
      fetchNewChatMessageCap: async () => ({ capping_status: 'NONE' as never }),
      fetchAccountReachoutTimelock: () => {
        asked += 1;
        return new Promise((resolve) => (answer = resolve));
      },
    },
    isOver: () => false,
    report: async (report: Report) => {
      if (report.kind === 'restriction' && report.restriction.kind === 'time_lock')
        told.push(report.restriction.isActive ? `locked until ${report.restriction.until}` : 'open');
    },
    onFailure: (error) => {
      throw error;
    },
  });
});

const settled = () => new Promise((resolve) => setImmediate(resolve));
const answered = async (state: ReachoutTimelockState) => {
  answer(state);
  await settled();
};
const notice = (data: unknown, attrs: BinaryNode['attrs'] = {}): BinaryNode => ({
  tag: 'notification',
  attrs: { type: 'mex', ...attrs },
  content: [{ tag: 'update', attrs: {}, content: Buffer.from(JSON.stringify({ data })) }],
});
const lockNotice = (is_active: boolean, attrs: BinaryNode['attrs'] = {}): BinaryNode =>
  notice({ xwa2_notify_account_reachout_timelock: { is_active, time_enforcement_ends: seconds(endsAt) } }, attrs);
const seconds = (time: Date): string => String(time.getTime() / 1000);
const untilEnd = `locked until ${endsAt.toISOString()}`;
const waited = { offline: '0' };

describe('the restrictions of an account', () => {
  it('are told as WhatsApp answers when the connection opens, and once', async () => {
    known.opened();
    await answered(locked);
    known.notified(lockNotice(true));
    expect(told).toEqual([untilEnd]);
  });

  it('are told as a notice has them that comes while the question is answered', async () => {
    known.opened();
    known.notified(lockNotice(false));
    await answered(locked);
    expect(told).toEqual(['open']);
  });

  it('are told as the next answer has them, after such a notice', async () => {
    known.opened();
    known.notified(lockNotice(false));
    await answered(open);
    known.acknowledged({ tag: 'ack', attrs: { class: 'message', id: 'A', from: '1@s.whatsapp.net', error: '463' } });
    await answered(locked);
    expect({ asked, told }).toEqual({ asked: 2, told: ['open', untilEnd] });
  });

  it('are told as the last notice has them of those that waited for the connection, until there is anything newer', async () => {
    known.notified(lockNotice(false, waited));
    known.notified(lockNotice(true, waited));
    expect(told).toEqual(['open', untilEnd]);
    known.opened();
    await answered(open);
    known.notified(lockNotice(true, waited));
    expect(told).toEqual(['open', untilEnd, 'open']);
  });

  it('are not told as a notice has them that waited, after one that did not', () => {
    known.notified(lockNotice(false));
    known.notified(lockNotice(true, waited));
    expect(told).toEqual(['open']);
  });

  it('are not told by notices that say nothing of them, or make no sense', () => {
    known.notified({ tag: 'notification', attrs: { type: 'mex' }, content: [] });
    known.notified(notice(null));
    known.notified(
      notice({ xwa2_notify_account_reachout_timelock: { is_active: true, time_enforcement_ends: 'soon' } }),
    );
    known.notified({ ...lockNotice(true), attrs: { type: 'encrypt' } });
    const broken: BinaryNode = { tag: 'update', attrs: {}, content: Buffer.from('{') };
    known.notified({ tag: 'notification', attrs: { type: 'mex' }, content: [broken] });
    expect(told).toEqual([]);
  });
});
