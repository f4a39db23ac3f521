import autocannon from 'autocannon';

export type Load = {
  readonly url: string;
  /** Posted in turn, each by the next of the API keys. */
  readonly messages: readonly object[];
  readonly keys: readonly string[];
  readonly connections: number;
  readonly seconds: number;
};

/** Requests per second that were answered as they should be, and how long the slowest hundredth took, in milliseconds. */
export type Answered = { readonly answers: number; readonly rate: number; readonly p50: number; readonly p99: number };

/** Posts messages over so many connections, the next on each as soon as the last was answered. @throws {Error} any was not accepted. */
export const postMessages = async ({ url, keys, messages, connections, seconds }: Load): Promise<Answered> => {
  const result = await autocannon({
    url: `${url}/v1/messages`,
    connections,
    duration: seconds,
    requests: messages.map((message, index) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': keys[index % keys.length] ?? '' },
      body: JSON.stringify(message),
    })),
  });
  const { '2xx': answers, non2xx, errors, timeouts, duration, latency } = result;
  if (non2xx + errors + timeouts > 0) {
    throw new Error(`${non2xx} refused, ${errors} failed, ${timeouts} not answered`);
  }
  return { answers, rate: answers / duration, p50: latency.p50, p99: latency.p99 };
};
