import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DownloadFailed, NotConnected, QueryFailed } from '#lib/whatsapp';
import { PhoneNotAsked, type LostFile, type PhoneAnswer } from './lost-file.js';
import { PhoneQuestions } from './phone-questions.js';

const second = 1000;
const minute = 60 * second;
const questionTimeoutMs = 30 * second;

const fileOf = (messageId: string, sessionId = 'a'): LostFile => ({
  messageId,
  sessionId,
  key: { whatsappId: messageId, chat: 'chat', fromMe: false, participant: null },
  reference: { kind: 'image', url: null, directPath: `/old/${messageId}`, sealedKey: 'sealed', sha256: null },
});
const filesOf = (count: number, sessionId = 'a'): readonly LostFile[] =>
  Array.from({ length: count }, (_, index) => fileOf(`${sessionId}${index}`, sessionId));
const renewed = ({ reference, messageId }: LostFile): PhoneAnswer => ({
  reference: { ...reference, directPath: `/new/${messageId}` },
});

type Phone = (file: LostFile) => Promise<PhoneAnswer>;
const answers: Phone = async (file) => renewed(file);
const isOff: Phone = () =>
  new Promise((_resolve, reject) => setTimeout(() => reject(new QueryFailed(null, 'silent')), questionTimeoutMs));
const isNotConnected: Phone = async () => Promise.reject(new NotConnected('a'));

/** Phones that do as the test says, and what they were asked. */
const phonesThat = (first: Phone) => {
  const phone = { does: first };
  const asked: string[] = [];
  const questions = new PhoneQuestions({
    rests: { firstWaitMs: 15 * second, maxWaitMs: 10 * minute },
    ask: (file) => {
      asked.push(file.messageId);
      return phone.does(file);
    },
    onSilence: () => undefined,
  });
  const end = new AbortController();
  const got: string[] = [];
  const want = async (files: readonly LostFile[], isWanted = true): Promise<void> => {
    const one = async (file: LostFile): Promise<void> => {
      await questions.inTurn(file, async () => isWanted, end.signal);
      got.push(file.messageId);
    };
    await Promise.all(files.map(one));
  };
  return { phone, asked, questions, end, got, want };
};

const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(() => undefined).catch((error: unknown) => error);

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('files that a phone is asked for', () => {
  it('are asked for two at a time', async () => {
    const { asked, want } = phonesThat(isOff);
    void want(filesOf(5));
    await pass(0);
    expect(asked).toEqual(['a0', 'a1']);
  });

  it('cost a phone that is off a time-out now and then, however many they are, and come once it is back', async () => {
    const { phone, asked, want, got } = phonesThat(isOff);
    const all = want(filesOf(200));
    await pass(questionTimeoutMs);
    await pass(7 * second);
    expect(asked).toEqual(['a0', 'a1']); // it is left alone
    await pass(9 * second);
    expect(asked).toEqual(['a0', 'a1', 'a2', 'a3']); // each file in its turn
    await pass(60 * minute);
    expect(asked.length).toBeLessThan(50);
    const before = asked.length;
    await pass(24 * 60 * minute);
    const aDay = (asked.length - before) / 2;
    expect(aDay).toBeGreaterThan(24 * 5); // about every five to ten minutes
    expect(aDay).toBeLessThan(24 * 12);
    phone.does = answers;
    await pass(11 * minute);
    await all;
    expect(new Set(got).size).toBe(200);
  });

  it('do not wait for the phone of another session', async () => {
    const { asked, want } = phonesThat((file) => (file.sessionId === 'a' ? isOff(file) : answers(file)));
    void want(filesOf(50));
    await want(filesOf(3, 'b'));
    expect(asked).toEqual(['a0', 'a1', 'b0', 'b1', 'b2']);
  });

  it('are not held up by those that the phone ignores', async () => {
    const slowly: Phone = (file) => new Promise((resolve) => setTimeout(() => resolve(renewed(file)), second));
    const ignores = new Set(['a1', 'a4', 'a7']);
    const { want, got } = phonesThat((file) => (ignores.has(file.messageId) ? isOff(file) : slowly(file)));
    void want(filesOf(100));
    await pass(100 * second);
    expect(got).toHaveLength(97);
  });

  it('are asked for before those that it ignored, however many these are', async () => {
    const { asked, want, got } = phonesThat((file) => (file.messageId === 'new' ? answers(file) : isOff(file)));
    void want(filesOf(50));
    await pass(12 * 60 * minute); // each was asked for more than once, and the phone is left alone for long
    expect(new Set(asked).size).toBe(50);
    void want([fileOf('new')]);
    await pass(11 * minute);
    expect(got).toEqual(['new']);
  });

  it('are asked for equally often where it ignores all', async () => {
    const { asked, want } = phonesThat(isOff);
    void want(filesOf(20));
    await pass(12 * 60 * minute);
    const times = filesOf(20).map(({ messageId }) => asked.filter((id) => id === messageId).length);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
  });

  it('are asked for again as soon as the session is connected', async () => {
    const { phone, questions, want, got } = phonesThat(isNotConnected);
    const all = want(filesOf(3));
    for (let times = 0; times < 10; times += 1) await pass(10 * minute);
    expect(got).toEqual([]);
    phone.does = answers;
    questions.wake('a');
    await pass(0);
    await all;
    expect(got).toHaveLength(3);
  });

  it('are asked for at once where the session was connected while the answer came that it is not', async () => {
    let say: () => void = () => undefined;
    const { phone, questions, want, got } = phonesThat(
      () => new Promise((_resolve, reject) => (say = () => reject(new NotConnected('a')))),
    );
    void want([fileOf('a0')]);
    await pass(0);
    phone.does = answers;
    questions.wake('a');
    say();
    await pass(0);
    expect(got).toEqual(['a0']);
  });

  it('are not asked for where nobody wants them any more', async () => {
    const { asked, want, got } = phonesThat(answers);
    await want([fileOf('a0')], false);
    expect([asked, got]).toEqual([[], ['a0']]);
  });

  it('that it cannot upload fail alone: it has answered, and is asked for the others', async () => {
    const { phone, questions, want, got } = phonesThat(isOff);
    const all = want(filesOf(4));
    await pass(questionTimeoutMs);
    const cannot = async () => Promise.reject(new DownloadFailed(false, 'It cannot'));
    phone.does = (file) => (file.messageId === 'damaged' ? cannot() : answers(file));
    expect(await failure(questions.now(fileOf('damaged')))).toMatchObject({ message: 'It cannot' });
    await pass(0);
    await all;
    expect(got).toHaveLength(4);
  });

  it('are waited for until their session is deleted', async () => {
    const { asked, questions, want, end, got } = phonesThat(isNotConnected);
    const ended = failure(want(filesOf(10)));
    await pass(0);
    end.abort();
    questions.forget('a');
    expect(await ended).toMatchObject({ name: 'AbortError' });
    await pass(0);
    expect([asked, got]).toEqual([['a0', 'a1'], []]);
    expect(questions['phones'].size).toBe(0); // nothing is remembered of it
  });
});

describe('a file that somebody waits for', () => {
  it('is asked for at once, ahead of others, and although the phone did not answer them', async () => {
    const { phone, asked, questions, want, got } = phonesThat(isOff);
    void want(filesOf(10));
    await pass(questionTimeoutMs);
    phone.does = answers;
    expect(await questions.now(fileOf('mine'))).toEqual(renewed(fileOf('mine')));
    expect(asked.slice(0, 3)).toEqual(['a0', 'a1', 'mine']);
    await pass(0);
    expect(got).toHaveLength(10); // since the phone is back
  });

  it('is asked for once for all who want it', async () => {
    const { asked, questions, want } = phonesThat(answers);
    await Promise.all([questions.now(fileOf('a0')), questions.now(fileOf('a0')), want([fileOf('a0')])]);
    expect(asked).toEqual(['a0']);
  });

  it.each([
    [isOff, 'the phone does not answer'],
    [isNotConnected, 'the session is not connected'],
  ])('waits for one time-out, however many wait: %#', async (does, why) => {
    const { asked, questions } = phonesThat(does);
    const failures = Promise.all(filesOf(20).map((file) => failure(questions.now(file))));
    await pass(questionTimeoutMs);
    for (const error of await failures) {
      expect(error).toBeInstanceOf(PhoneNotAsked);
      expect((error as Error).message).toContain(why);
    }
    expect(asked).toEqual(['a0', 'a1', 'a2', 'a3']);
  });
});
