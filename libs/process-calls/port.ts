import type { ErrorClass } from '#lib/threads';

/** What one process does for all, by name. Arguments and answers pass as structured clones, without streams. */
export type Methods = { readonly [name: string]: (...args: never[]) => unknown };

/** A part of what that process does. `errors` keep their class on the way; whoever asks lists the same ones. */
export type Service = { readonly name: string; readonly methods: Methods; readonly errors?: readonly ErrorClass[] };

/** What is asked of the process that serves. */
export type Question = {
  readonly service: Pick<Service, 'name' | 'errors'>;
  readonly method: string;
  readonly args: readonly unknown[];
  /** How long it may take in all, in milliseconds. Default: two minutes. */
  readonly timeoutMs?: number;
};

/** A process of the installation, as it describes itself. `lastSeenMs`: how long ago it showed that it lives, in milliseconds. */
export type Member = { readonly id: string; readonly about: unknown; readonly lastSeenMs: number };

/**
 * Questions, news and signs of life between the processes of an installation. Nothing of it is kept: what must not be lost is in the log.
 */
export interface ProcessCalls {
  /** Of this process, new at each start. */
  readonly id: string;

  /** Whether there may be other processes. */
  readonly hasOthers: boolean;

  /**
   * This process answers from now on; one process at a time does. `stands` is asked before each question is taken: false where another
   * process has taken this one's place, which then answers. Called once.
   */
  serve(services: readonly Service[], stands: () => Promise<boolean>): Promise<void>;

  /**
   * Asks the process that serves, and never twice.
   * @throws {NobodyAnswers} nothing was done. @throws {AnswerLost} it may be done, or not. @throws what the method threw.
   */
  ask(question: Question): Promise<unknown>;

  /** Whether a process serves now. False also where that cannot be found out. */
  isServed(): Promise<boolean>;

  /** Tells those who listen in all processes, in this one at once. Whoever is not there misses it. Never throws. */
  tell(topic: string, news: unknown): void;

  /** Hears of a topic until the end. */
  listen(topic: string, listener: (news: never) => void): void;

  /**
   * Calls `listener` whenever this process and the others can hear each other again, the first time included: what was told before that,
   * here or elsewhere, may not have arrived.
   */
  whenHeard(listener: () => void): void;

  /** This process shows from now on that it lives, and what it is, as `describe` says each time. Called once. */
  announce(describe: () => Promise<unknown>): Promise<void>;

  /** The processes that live, this one as it is now. @throws {NobodyAnswers} */
  members(): Promise<readonly Member[]>;

  /** How the server does that carries all this. Undefined where there is none. Never rejects. */
  health(): Promise<{ readonly status: 'up' | 'down'; readonly detail?: string } | undefined>;

  /** Takes no questions any more and answers those that were taken. May be called twice. */
  close(): Promise<void>;
}
