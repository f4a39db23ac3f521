import { newId } from '#lib/ids';
import { AnswerLost } from '../errors.js';
import type { Question } from '../port.js';
import { codecOf } from '../services.js';
import { workingIntervalMs } from './answering.js';
import type { Frame } from './frames.js';

/** Whoever answers is heard of much more often. */
const silenceTimeoutMs = 10 * workingIntervalMs;
const defaultTimeoutMs = 120_000;

type Waiting = {
  readonly hear: () => void;
  readonly settle: (frame: Extract<Frame, { readonly kind: 'answer' | 'failure' }>) => void;
};

/** How a question leaves. */
export type Sending = {
  /** @throws {NobodyAnswers} nothing was sent. @throws {AnswerLost} that is not known. */
  readonly send: (id: string, question: Question) => Promise<void>;
  /** Whether a process still answers. @throws {Error} that is not known. */
  readonly isServed: () => Promise<boolean>;
};

/** Waits for the answers to this process's questions, as long as whoever took them gives signs of life. */
export class Asking {
  private readonly waiting = new Map<string, Waiting>();

  constructor(private readonly sending: Sending) {}

  /** Takes what comes for this process. */
  take(frame: Frame): void {
    if (frame.kind === 'working') this.waiting.get(frame.id)?.hear();
    if (frame.kind === 'answer' || frame.kind === 'failure') this.waiting.get(frame.id)?.settle(frame);
  }

  async ask(question: Question): Promise<unknown> {
    const id = newId();
    const { answer, giveUp } = this.expect(id, question);
    answer.catch(() => undefined);
    try {
      await this.sending.send(id, question);
      return await answer;
    } finally {
      giveUp();
    }
  }

  private expect(id: string, { service, timeoutMs = defaultTimeoutMs }: Question) {
    let stop = (): void => undefined;
    const answer = new Promise<unknown>((resolve, reject) => {
      const askedAt = performance.now();
      let heardAt = askedAt;
      let misses = 0;
      const lose = (why: string): void => reject(new AnswerLost(`${why}: it may be done, or not`));
      const check = async (): Promise<void> => {
        if (performance.now() - askedAt > timeoutMs) return lose('The answer takes too long');
        if (performance.now() - heardAt > silenceTimeoutMs) return lose('The process that was to answer is silent');
        const isServed = await this.sending.isServed().catch(() => true); // the silence decides
        misses = isServed ? 0 : misses + 1;
        if (misses > 1) lose('The process that was to answer has ended'); // an answer on its way has come by now
      };
      const checking = setInterval(() => void check(), workingIntervalMs).unref();
      stop = () => {
        clearInterval(checking);
        this.waiting.delete(id);
      };
      this.waiting.set(id, {
        hear: () => void (heardAt = performance.now()),
        settle: (frame) =>
          frame.kind === 'answer' ? resolve(frame.value) : reject(codecOf(service).decode(frame.error)),
      });
    });
    return { answer, giveUp: () => stop() };
  }
}
