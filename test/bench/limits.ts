import { Waybill } from '../support/waybill.js';
import { compared, postsTo } from './accepting.js';
import type { Figure, Measured } from './harness.js';

/** All that can be counted is, and nothing is refused. */
const counted = { maxMessagesPerMinute: 9_999_999, maxRecipientsPerDay: 9_999_999 };

const measure = async (): Promise<Measured> => {
  const start = (program: string) => Waybill.start({}, undefined, program); // both as they are before they are put into few files
  const without = await start('dist/test/support/http-load/unlimited.child.js');
  try {
    const limited = await start('dist/src/main.js');
    try {
      const [floorPosts, posts] = [await postsTo(without), await postsTo(limited, counted)];
      return await compared({ url: without.url, posts: floorPosts }, { url: limited.url, posts });
    } finally {
      await limited.end();
    }
  } finally {
    await without.end();
  }
};

export const limitFigures: readonly Figure[] = [
  {
    name: 'http-accepting-limited',
    product: 'messages accepted, with limits of requests, all quotas and the log of requests',
    floor: 'the same service with none of these',
    unit: 'requests/s',
    aim: 0.9,
    run: measure,
  },
];
