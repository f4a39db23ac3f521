import { expect } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import type { MessagesClient } from '../../support/messages-client.js';
import type { Waybill } from '../../support/waybill.js';
import type { Delivered, WebhookReceiver } from '../../support/webhook-receiver.js';
import { webhooksClient } from '../../support/webhooks-client.js';
import type { Moment, Scenario } from './scenario.js';

/** `plain` and `ordered` always succeed; of the requests to `flaky`, a part fails. */
const paths = ['/plain', '/ordered', '/flaky'] as const;
type Path = (typeof paths)[number];

type Posting = Scenario & {
  /** Each step of a delivery at which a kill finds it. */
  readonly moments: readonly [Moment, Moment, Moment];
  /** Some messages come in. */
  readonly write: () => Promise<void>;
  /** One more message comes in, and all are answered well in the next run. */
  readonly whileDown: () => Promise<void>;
};

/** Messages come in and are posted to webhooks: each event, and none again but what a kill interrupted. */
export const postToWebhooks = async (
  waybill: Waybill,
  client: MessagesClient,
  receiver: WebhookReceiver,
): Promise<Posting> => {
  const friend = await waybill.sandbox.newPhone();
  const written: string[] = [];
  /** The run of the service in which each request came in. */
  const runs = new Map<Delivered, number>();
  let run = 0;
  /** How many deliveries were on record at a kill without any attempt. */
  let unattempted = 0;

  const writeNext = async (): Promise<void> => {
    const text = `number ${written.length}`;
    const message = { to: client.session.phone.number, type: 'text', text };
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, message);
    written.push(text);
  };
  let writing: Promise<void> = Promise.resolve();
  const write = (messages = 8): Promise<void> => {
    for (let n = 0; n < messages; n += 1) writing = writing.then(writeNext);
    return writing;
  };
  const failed = new Set<string>();
  /** A part fails, once each: the second wait is long. */
  const answerFlakily = (): void =>
    receiver.answer('/flaky', (answer, { body: { id } }) => {
      const fails = !failed.has(id) && Math.random() < 0.2;
      if (fails) failed.add(id);
      answer.writeHead(fails ? 503 : 204).end();
    });
  const answerWell = (path: Path): void =>
    receiver.answer(path, (answer, delivered) => {
      runs.set(delivered, run);
      void delay(Math.random() * 30).then(() => answer.writeHead(204).end());
    });

  const { register, deliveriesOf } = webhooksClient((route, body) => client.call(route, { body }));
  for (const path of ['/plain', '/flaky'] as const) await register(receiver.url(path), ['message.received']);
  const ordered = await register(receiver.url('/ordered'), ['message.received'], { ordered: true });
  answerWell('/plain');
  answerWell('/ordered');
  answerFlakily();

  /** A request has just been answered. */
  const answered: Moment = async () => {
    const come = new Promise((resolve) => {
      receiver.answer('/flaky', (answer) => answer.writeHead(204).end(() => resolve(undefined)));
    });
    await write();
    await come;
  };
  /** Requests wait for an answer, and deliveries are on record of which none was attempted: in the one chat that there is, they wait for the first. */
  const recorded: Moment = async () => {
    const come = new Promise((resolve) => receiver.answer('/flaky', resolve));
    receiver.answer('/ordered', (_answer, delivered) => void runs.set(delivered, run));
    const before = receiver.at('/ordered').length;
    await write();
    await come;
    unattempted = await eventually(async () => {
      const pending = await deliveriesOf(ordered.id, '?status=pending');
      const isHeld = receiver.at('/ordered').length > before;
      return isHeld && pending.length > 5 && pending.length - 1;
    });
  };

  const textOf = ({ body }: Delivered): string => (body.data as unknown as { text: { body: string } }).text.body;
  const textsAt = (path: Path): readonly string[] => [...new Set(receiver.at(path).map(textOf))];
  /** Events that came twice within one run of the service, although the first request had succeeded. */
  const repeated = (): readonly string[] =>
    (['/plain', '/ordered'] as const).flatMap((path) => {
      const seen = receiver.at(path).map((one) => `${path} ${one.body.id} in run ${runs.get(one)}`);
      return seen.filter((one, index) => seen.indexOf(one) !== index);
    });
  /** Messages that came to one path under more than one id: its receiver would have taken them for several. */
  const renamed = (): readonly string[] =>
    paths.flatMap((path) => {
      const named = new Set(
        receiver.at(path).map((one) => `${path} ${textOf(one)}: ${String(one.headers['webhook-id'])}`),
      );
      const texts = [...named].map((name) => name.split(':')[0] ?? '');
      return texts.filter((text, index) => texts.indexOf(text) !== index);
    });

  return {
    moments: [answered, () => answered().then(() => delay(Math.random() * 5)), recorded],
    write,
    whileDown: async () => {
      answerWell('/ordered');
      answerFlakily();
      await write(1);
      run += 1;
    },
    stop: () => writing,
    verify: async () => {
      for (const path of paths) await eventually(() => textsAt(path).length === written.length, 60_000);
      expect(textsAt('/ordered')).toEqual(written);
      expect(textsAt('/plain').toSorted()).toEqual(written.toSorted());
      expect(textsAt('/flaky').toSorted()).toEqual(written.toSorted());
      expect(repeated()).toEqual([]);
      expect(renamed()).toEqual([]);
      expect(unattempted).toBeGreaterThan(0);
    },
  };
};
