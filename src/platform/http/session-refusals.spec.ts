import { expect, it } from '@jest/globals';
import { ConnectionLost, NotConnected, QueryFailed, whatsAppErrors } from '#lib/whatsapp';
import { errorCodec } from '#lib/threads';
import { problemOf } from './problem-of.js';
import { refusalOfQuestion } from './session-refusals.js';

const { encode, decode } = errorCodec(whatsAppErrors);

it.each<[Error, number, string, RegExp]>([
  [new NotConnected('one'), 409, 'session_not_connected', /is not connected/],
  [new ConnectionLost('one'), 503, 'not_ready', /may be done, or not/],
  [new QueryFailed(null, 'timed out'), 503, 'not_ready', /may be done, or not/],
  [new QueryFailed(429, 'rate-overlimit'), 429, 'whatsapp_rate_limited', /slows/],
])(
  'a question to WhatsApp that failed is a problem that says whether it may be done: %s',
  (error, status, code, detail) => {
    const problem = problemOf(refusalOfQuestion(decode(encode(error)))); // on its way from the thread of the sessions
    expect(problem).toMatchObject({ status, code, detail: expect.stringMatching(detail) });
  },
);
