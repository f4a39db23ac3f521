import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../eventually.js';
import { MessagesClient } from '../messages-client.js';
import type { Waybill } from '../waybill.js';
import type { Delivered, WebhookReceiver } from '../webhook-receiver.js';
import { webhooksClient } from '../webhooks-client.js';

/** `plain` and `ordered` always succeed; of the requests to `flaky`, a part fails. */
const paths = ['/plain', '/ordered', '/flaky'] as const;
type Path = (typeof paths)[number];

export type PostedWhileKilled = {
  /** What was written, in order. */
  readonly written: readonly string[];
  /** What each path got, each once, in the order of the first arrival. */
  readonly arrived: { readonly [path in Path]: readonly string[] };
  /** Events that came twice within one run of the service, although the first request had succeeded. */
  readonly repeated: readonly string[];
  /** Messages that came to one path under more than one id: its receiver would have taken them for several. */
  readonly renamed: readonly string[];
  /** How many deliveries were on record at a kill without any attempt. */
  readonly unattempted: number;
};

/** When to kill the service: resolves then. */
type Moment = () => Promise<unknown>;

/** Kills the service again and again while messages come in and are posted to webhooks. */
export const killWhilePosting = async (waybill: Waybill, receiver: WebhookReceiver): Promise<PostedWhileKilled> => {
  const client = await MessagesClient.link(waybill);
  const friend = await waybill.sandbox.newPhone();
  const written: string[] = [];
  /** The run of the service in which each request came in. */
  const runs = new Map<Delivered, number>();
  let run = 0;

  const write = async (): Promise<void> => {
    const text = `number ${written.length}`;
    const message = { to: client.session.phone.number, type: 'text', text };
    await waybill.sandbox.ask(`POST /phones/${friend.number}/messages`, message);
    written.push(text);
  };
  const failed = new Set<string>();
  /** A part fails, once each: the second wait is long. */
  const answerFlakily = (): void =>
    receiver.answer('/flaky', (answer, { body: { id } }) => {
      const fails = !failed.has(id) && Math.random() < 0.2;
      if (fails) failed.add(id);
      answer.writeHead(fails ? 503 : 204).end();
    });
  /** Resolves when a request has come in, and was answered or is still waiting. */
  const nextRequest = (isAnswered: boolean): Promise<unknown> =>
    new Promise((come) => {
      receiver.answer('/flaky', (answer) => {
        if (isAnswered) answer.writeHead(204).end(() => come(undefined));
        else come(undefined);
      });
    });

  const { register, deliveriesOf } = webhooksClient((route, body) => client.call(route, { body }));
  for (const path of ['/plain', '/flaky'] as const) await register(receiver.url(path), ['message.received']);
  const ordered = await register(receiver.url('/ordered'), ['message.received'], { ordered: true });
  const answerWell = (path: Path): void =>
    receiver.answer(path, (answer, delivered) => {
      runs.set(delivered, run);
      void delay(Math.random() * 30).then(() => answer.writeHead(204).end());
    });
  answerWell('/plain');
  answerWell('/ordered');
  answerFlakily();

  let unattempted = 0;
  /** Resolves when deliveries are on record of which none was attempted: in the one chat that there is, they wait for one that gets no answer. */
  const recordedOnly = async (): Promise<void> => {
    receiver.answer('/ordered', (_answer, delivered) => void runs.set(delivered, run));
    const before = receiver.at('/ordered').length;
    unattempted = await eventually(async () => {
      const recorded = await deliveriesOf(ordered.id, '?status=pending');
      const isHeld = receiver.at('/ordered').length > before;
      return isHeld && recorded.length > 5 && recorded.length - 1;
    });
  };

  const moments: readonly Moment[] = [
    () => delay(Math.random() * 50),
    () => nextRequest(false),
    () => delay(Math.random() * 200),
    () => nextRequest(true),
    () => delay(Math.random() * 500),
    () => nextRequest(true).then(() => delay(Math.random() * 5)),
    recordedOnly,
  ];
  for (const moment of moments) {
    const reached = moment();
    for (let n = 0; n < 8; n += 1) await write();
    await reached;
    await waybill.kill();
    answerWell('/ordered');
    answerFlakily();
    await write(); // while it is down
    run += 1;
    await waybill.boot();
  }

  const textOf = ({ body }: Delivered): string => (body.data as unknown as { text: { body: string } }).text.body;
  const textsAt = (path: Path): readonly string[] => [...new Set(receiver.at(path).map(textOf))];
  for (const path of paths) await eventually(() => textsAt(path).length === written.length, 60_000);
  const repeated = (['/plain', '/ordered'] as const).flatMap((path) => {
    const seen = receiver.at(path).map((one) => `${path} ${one.body.id} in run ${runs.get(one)}`);
    return seen.filter((one, index) => seen.indexOf(one) !== index);
  });
  const arrived = { '/plain': textsAt('/plain'), '/ordered': textsAt('/ordered'), '/flaky': textsAt('/flaky') };
  const renamed = paths.flatMap((path) => {
    const named = new Set(
      receiver.at(path).map((one) => `${path} ${textOf(one)}: ${String(one.headers['webhook-id'])}`),
    );
    const texts = [...named].map((name) => name.split(':')[0] ?? '');
    return texts.filter((text, index) => texts.indexOf(text) !== index);
  });
  return { written, arrived, repeated, renamed, unattempted };
};
