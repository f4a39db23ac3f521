import { Inject, Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { FetchFailed, UrlNotAllowed, type Outbound } from '#lib/outbound';
import { OUTBOUND } from '../../media/outbound.contract.js';
import type { Ending } from '../retry.rules.js';
import type { WebhookKeys } from '../webhook-keys.js';

export type Request = {
  readonly url: string;
  readonly keys: WebhookKeys;
  readonly id: string;
  readonly body: string;
  readonly signal: AbortSignal;
};

/** How a request ended, and what came back. */
export type Answered = {
  readonly at: Date;
  readonly ms: number;
  readonly ending: Ending;
  readonly answer: string | null;
};

const timeoutMs = 15_000;
const maxAnswerChars = 500;

/** Makes signed requests to webhooks. */
@Injectable()
export class Requests {
  constructor(@Inject(OUTBOUND) private readonly outbound: Outbound) {}

  /** Resolves however it ends, also where it is aborted. */
  async make({ url, keys, id, body, signal }: Request): Promise<Answered> {
    const at = new Date();
    const startedMs = performance.now();
    const since = (): number => Math.round(performance.now() - startedMs);
    const headers = {
      ...keys.headers,
      'content-type': 'application/json',
      'user-agent': 'Waybill',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signaturesOf(keys, id, at, body),
    };
    try {
      const { status, retryAfter, text } = await this.outbound.post({
        url,
        headers,
        body,
        signal,
        timeoutMs,
        maxAnswerChars,
      });
      return { at, ms: since(), ending: { status, retryAfter }, answer: text };
    } catch (error) {
      if (!(error instanceof FetchFailed || error instanceof UrlNotAllowed)) throw error;
      return { at, ms: since(), ending: { status: null, problem: error.message }, answer: null };
    }
  }
}

/** Separated by spaces, as Standard Webhooks has it: one, and while a secret rotates one with each former. */
const signaturesOf = ({ secret, former }: WebhookKeys, id: string, at: Date, body: string): string => {
  const stillValid = former.filter(({ until }) => until > at.toISOString());
  const secrets = [secret, ...stillValid.map((one) => one.secret)];
  return secrets.map((one) => new Webhook(one).sign(id, at, body)).join(' ');
};
