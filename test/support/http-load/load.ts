import autocannon from 'autocannon';

export type Post = { readonly key: string; readonly message: object };

export type Load = {
  readonly url: string;
  /** Made in turn by each connection, which begin at different ones. */
  readonly posts: readonly Post[];
  readonly connections: number;
  /** When to stop: after so many seconds, or so many posts. */
  readonly until: { readonly seconds: number } | { readonly posts: number };
};

/** Requests per second that were answered as they should be, and how long the slowest hundredth took, in milliseconds. */
export type Answered = { readonly answers: number; readonly rate: number; readonly p50: number; readonly p99: number };

/** Posts messages over so many connections, the next on each as soon as the last was answered. @throws {Error} any was not accepted. */
export const postMessages = async ({ url, posts, connections, until }: Load): Promise<Answered> => {
  const requests = posts.map(({ key, message }) => ({
    method: 'POST' as const,
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify(message),
  }));
  let clients = 0;
  const result = await autocannon({
    url: `${url}/v1/messages`,
    connections,
    ...('seconds' in until ? { duration: until.seconds } : { amount: until.posts }),
    requests,
    setupClient: (client) => {
      const first = Math.floor((clients++ * requests.length) / connections);
      client.setRequests([...requests.slice(first), ...requests.slice(0, first)]);
    },
  });
  const { '2xx': answers, non2xx, errors, timeouts, duration, latency } = result;
  if (non2xx + errors + timeouts > 0) {
    throw new Error(`${non2xx} refused, ${errors} failed, ${timeouts} not answered`);
  }
  if ('posts' in until && answers !== until.posts) throw new Error(`${answers} of ${until.posts} were answered`);
  return { answers, rate: answers / duration, p50: latency.p50, p99: latency.p99 };
};
