import { expect, it } from '@jest/globals';
import { SendQueue } from './send-queue.js';

/** Blocks the thread, as encryption does. */
const compute = (milliseconds: number): void => {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
};

it('many messages do not block the event loop until the last one', async () => {
  let written = 0;
  const relayMessage = async (): Promise<string> => {
    compute(1);
    written += 1;
    return '';
  };
  const sendNode = () => Promise.reject(new Error('Nothing is posted in channels'));
  const waUploadToServer = () => Promise.reject(new Error('There is nothing to upload'));
  const addressing = { of: async (to: string) => to, ofPost: async () => [], otherThan: async () => undefined };
  const queue = new SendQueue({ relayMessage, sendNode, waUploadToServer }, async () => ({}), addressing, 1000);
  const ids = Array.from({ length: 100 }, (_, index) => `message ${index}`);
  const sent = ids.map((whatsappId) =>
    queue.send({ whatsappId, to: 'x', content: { type: 'text', body: whatsappId } }),
  );
  const writtenBefore = await new Promise<number>((resolve) =>
    setImmediate(() => setImmediate(() => resolve(written))),
  );
  expect(writtenBefore).toBeLessThan(ids.length);

  for (const id of ids) {
    const receipt = { status: 'sent', whatsappIds: [id], at: id, chat: 'x', participant: null } as const;
    queue.acknowledge(id, { kind: 'receipt', receipt });
  }
  expect(await Promise.all(sent)).toEqual(ids);
});
