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
  const answerFlakily = (): void =>
    receiver.answer('/flaky', (answer) => void answer.writeHead(Math.random() < 0.2 ? 503 : 204).end());
  /** Resolves when a request has come in, and was answered or is still waiting. */
  const nextRequest = (isAnswered: boolean): Promise<unknown> =>
    new Promise((come) => {
      receiver.answer('/flaky', (answer) => {
        if (isAnswered) answer.writeHead(204).end(() => come(undefined));
        else come(undefined);
      });
    });

  const { register } = webhooksClient((route, body) => client.call(route, { body }));
  for (const path of paths) await register(receiver.url(path), ['message.received'], { ordered: path === '/ordered' });
  for (const path of ['/plain', '/ordered']) {
    receiver.answer(path, (answer, delivered) => {
      runs.set(delivered, run);
      void delay(Math.random() * 30).then(() => answer.writeHead(204).end());
    });
  }
  answerFlakily();

  const moments: readonly Moment[] = [
    () => delay(Math.random() * 50),
    () => nextRequest(false),
    () => delay(Math.random() * 200),
    () => nextRequest(true),
    () => delay(Math.random() * 500),
    () => nextRequest(true).then(() => delay(Math.random() * 5)),
  ];
  for (const moment of moments) {
    const reached = moment();
    for (let n = 0; n < 8; n += 1) await write();
    await reached;
    await waybill.kill();
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
  return { written, arrived, repeated, renamed };
};
