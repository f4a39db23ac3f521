import { expect, it } from '@jest/globals';
import { Sends } from './sends.js';

/** Keeps the thread for so many milliseconds, as encryption does. */
const compute = (milliseconds: number): void => {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
};

it('many messages let what came over the sockets have its turn in between', async () => {
  let written = 0;
  const sendMessage = async (): Promise<undefined> => {
    compute(1);
    written += 1;
    return undefined;
  };
  const sends = new Sends({ sendMessage }, 1000);
  const ids = Array.from({ length: 100 }, (_, index) => `message ${index}`);
  const sent = ids.map((whatsappId) =>
    sends.send({ whatsappId, to: 'x', content: { type: 'text', body: whatsappId } }),
  );
  const others = await new Promise<number>((resolve) => setImmediate(() => setImmediate(() => resolve(written))));
  expect(others).toBeLessThan(ids.length);

  for (const id of ids) {
    const receipt = { status: 'sent', whatsappIds: [id], at: id, chat: 'x', participant: null } as const;
    sends.answered(id, { kind: 'receipt', receipt });
  }
  expect(await Promise.all(sent)).toEqual(ids);
});
