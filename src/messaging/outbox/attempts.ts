import { Injectable } from '@nestjs/common';
import { keyedQueue } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';

/** Decides between sending a message and canceling it: whichever begins first excludes the other. */
@Injectable()
export class Attempts {
  private readonly turns = keyedQueue();
  private readonly running = new Set<string>();

  /** Makes one attempt at a message, once no cancellation of it is being recorded. */
  attempt<Result>(messageId: string, send: () => Promise<Result>): Promise<Result> {
    return this.turns.run(messageId, async () => {
      this.running.add(messageId);
      try {
        return await send();
      } finally {
        this.running.delete(messageId);
      }
    });
  }

  /**
   * Runs a task while the message is certainly not being sent. `maybeSent` tells whether an earlier attempt may have succeeded.
   * @throws {DomainError} `message_not_cancelable`: it is being sent, or may have been.
   */
  async withhold<Result>(messageId: string, maybeSent: () => boolean, task: () => Promise<Result>): Promise<Result> {
    const refuseIfLeaving = (): void => {
      if (!this.running.has(messageId) && !maybeSent()) return;
      throw new DomainError('conflict', 'message_not_cancelable', 'The message is being sent');
    };
    refuseIfLeaving(); // an attempt may take a minute: its caller is not to wait for that
    return this.turns.run(messageId, async () => {
      refuseIfLeaving();
      return task();
    });
  }
}
