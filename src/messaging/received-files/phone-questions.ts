import { keyedQueue, sharedWork, type RetryPolicy } from '#lib/async';
import { DownloadFailed, NotConnected, QueryFailed } from '#lib/whatsapp';
import { PhoneNotAsked, type LostFile, type PhoneAnswer } from './lost-file.js';
import { PhoneRest } from './phone-rest.js';

export type PhoneQuestionsOptions = {
  /** @throws {NotConnected | QueryFailed} the phone does not answer @throws {DownloadFailed} it cannot upload the file */
  readonly ask: (file: LostFile) => Promise<PhoneAnswer>;
  /** How long a phone that does not answer is left alone. */
  readonly rests: RetryPolicy;
  readonly onSilence: (file: LostFile, why: PhoneNotAsked) => void;
};

type Outcome = PhoneAnswer | PhoneNotAsked;
type Waiting = { readonly silences: number; readonly ask: () => Promise<void> };

/** Of one phone, at a time: one that it ignores does not hold up the others. */
const maxInTurn = 2;
/** Those of people who wait come on top. */
const maxAtOnce = 4;

/**
 * What the phones of the accounts are asked to upload again. A phone that is off costs its session a time-out now and then, however many files
 * wait for it, and other sessions nothing.
 */
export class PhoneQuestions {
  private readonly turns = keyedQueue({ maxPerKey: maxInTurn });
  private readonly places = keyedQueue({ maxPerKey: maxAtOnce });
  /** Of each session, the files that wait for a turn: those first that the phone ignored least often. */
  private readonly lines = new Map<string, Waiting[]>();
  private readonly shared = sharedWork<Outcome>();
  private readonly phones = new Map<string, PhoneRest>();

  constructor(private readonly options: PhoneQuestionsOptions) {}

  /**
   * For somebody who waits: also where the phone did not answer the last time. Whoever still waits for a place when it turns out that the phone
   * does not answer is told so. @throws {PhoneNotAsked} {DownloadFailed}
   */
  async now(file: LostFile): Promise<PhoneAnswer> {
    const phone = this.phone(file.sessionId);
    const before = phone.now;
    const answer = await this.places.run(
      file.sessionId,
      async () => phone.silenceSince(before) ?? this.question(file, phone),
    );
    if (answer instanceof PhoneNotAsked) throw answer;
    return answer;
  }

  /**
   * In the background: waits until the phone answers, however long that takes. `isWanted`: asked right before each question; what is no longer
   * wanted is answered as if the phone did not have it. @throws {DownloadFailed}, and the reason of the signal.
   */
  async inTurn(file: LostFile, isWanted: () => Promise<boolean>, signal: AbortSignal): Promise<PhoneAnswer> {
    for (let silences = 0; ; silences += 1) {
      const answer = await this.turn(file.sessionId, silences, async () => {
        signal.throwIfAborted();
        const phone = this.phone(file.sessionId);
        return (await isWanted()) ? this.question(file, phone) : { reference: null };
      });
      if (!(answer instanceof PhoneNotAsked)) return answer;
    }
  }

  /** A turn belongs to no file: which one is next is decided when the phone may be asked, since new ones may have come meanwhile. */
  private turn(sessionId: string, silences: number, ask: () => Promise<Outcome>): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const line = this.lines.get(sessionId) ?? [];
      this.lines.set(sessionId, line);
      const place = line.findLastIndex((other) => other.silences <= silences) + 1;
      line.splice(place, 0, { silences, ask: () => ask().then(resolve, reject) });
      void this.turns.run(sessionId, async () => {
        const phone = this.phones.get(sessionId); // none is made here: the session may be deleted
        if (phone?.isResting) await phone.over();
        const next = line.shift();
        if (line.length === 0) this.lines.delete(sessionId);
        await next?.ask();
      });
    });
  }

  /** The session is connected: a new connection may reach the phone. */
  wake(sessionId: string): void {
    this.phones.get(sessionId)?.wake();
  }

  /** Nothing is asked of this phone any more. Whatever waits for it looks at its signal. */
  forget(sessionId: string): void {
    this.wake(sessionId);
    this.phones.delete(sessionId);
  }

  private phone(sessionId: string): PhoneRest {
    const phone = this.phones.get(sessionId) ?? new PhoneRest(this.options.rests);
    this.phones.set(sessionId, phone);
    return phone;
  }

  /** One for all who want the same file. */
  private question(file: LostFile, phone: PhoneRest): Promise<Outcome> {
    return this.shared(file.messageId, async () => {
      const tell = phone.ask();
      try {
        const answer = await this.options.ask(file);
        tell();
        return answer;
      } catch (error) {
        if (error instanceof DownloadFailed) tell();
        if (!(error instanceof NotConnected || error instanceof QueryFailed)) throw error;
        const silence = new PhoneNotAsked(whyOf(error), error);
        tell(silence);
        this.options.onSilence(file, silence);
        return silence;
      }
    });
  }
}

const whyOf = (error: NotConnected | QueryFailed): string =>
  error instanceof NotConnected ? 'the session is not connected' : 'the phone does not answer';
