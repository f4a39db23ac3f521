import { eventually } from './eventually.js';
import type { Answer, Call } from './http.js';
import type { LinkedSession, TestUser, WaybillClient } from './waybill-client.js';
import type { SandboxPhone } from './waybill-sandbox.js';

/** A message as the API answers it, as far as tests read it. */
export type MessageBody = {
  readonly id: string;
  readonly status: string;
  readonly error?: { readonly code: string; readonly reason: string; readonly retryable: boolean };
  readonly sentAt: string | null;
  readonly deliveredAt: string | null;
  readonly timeline: readonly {
    readonly at: string;
    readonly event: string;
    readonly detail: string;
    readonly until?: string;
  }[];
};

/** Each status with the later ones that imply it. */
const reached: { readonly [status: string]: readonly string[] } = {
  queued: ['queued', 'sent', 'delivered', 'read'],
  sent: ['sent', 'delivered', 'read'],
  delivered: ['delivered', 'read'],
};

/** Sends and reads messages over HTTP, as a user with a linked session does. */
export class MessagesClient {
  private constructor(
    private readonly waybill: WaybillClient,
    readonly session: LinkedSession,
  ) {}

  static async link(waybill: WaybillClient, user?: TestUser, phone?: SandboxPhone): Promise<MessagesClient> {
    return new MessagesClient(waybill, await waybill.link(user ?? (await waybill.newUser()), phone));
  }

  /** The same session, asked by way of another process. */
  through(waybill: WaybillClient): MessagesClient {
    return new MessagesClient(waybill, this.session);
  }

  call(route: string, call: Omit<Call, 'from'> = {}): Promise<Answer> {
    return this.waybill.call(route, { key: this.session.user.key, ...call });
  }

  post(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.call('POST /v1/messages', { body, headers });
  }

  /** Sends a text from this session and answers the message's id. */
  async send(to: Pick<SandboxPhone, 'number'>, body: string): Promise<string> {
    const text = { to: `+${to.number}`, type: 'text', text: { body }, sessionId: this.session.id };
    const answer = await this.post(text);
    if (answer.status !== 202) throw new Error(`Not accepted: ${answer.status} ${answer.text}`);
    return (answer.body as { readonly id: string }).id;
  }

  list(query: Readonly<Record<string, string>>): Promise<Answer> {
    return this.call(`GET /v1/messages?${new URLSearchParams(query).toString()}`);
  }

  async get(id: string): Promise<MessageBody> {
    return (await this.call(`GET /v1/messages/${id}`)).body as MessageBody;
  }

  /** Waits until a message has a status, or a later one, and answers it. */
  async until(id: string, status: string, timeoutMs = 30_000): Promise<MessageBody> {
    let message: MessageBody | undefined;
    try {
      return await eventually(async () => {
        message = await this.get(id);
        return (reached[status] ?? [status]).includes(message.status) && message;
      }, timeoutMs);
    } catch (error) {
      throw new Error(`The message is ${JSON.stringify(message)} and not ${status}`, { cause: error });
    }
  }
}

type PhoneMessage = { readonly direction: string; readonly text?: string; readonly duplicate?: boolean };

/** The texts that a phone received, in the order in which it shows them. Duplicates that it recognizes are not shown. */
export const shownTexts = (messages: readonly object[]): readonly string[] =>
  (messages as readonly PhoneMessage[]).flatMap(({ direction, duplicate, text }) =>
    direction === 'incoming' && duplicate !== true ? (text ?? '') : [],
  );

type Received = { readonly text?: { readonly body: string } };
type Page = { readonly data: readonly Received[]; readonly next: string | null };

const bodyOf = (message: Received): string => {
  if (!message.text) throw new Error(`Not a text: ${JSON.stringify(message)}`);
  return message.text.body;
};

/** What a session has received from a phone, oldest first. Throws where a message is no text. */
export const receivedTexts = async (client: MessagesClient, from: SandboxPhone): Promise<readonly string[]> => {
  const bodies: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const chat = { chat: `+${from.number}`, sessionId: client.session.id, direction: 'incoming', limit: '100' };
    const page = (await client.list({ ...chat, ...(cursor !== '' && { cursor }) })).body as Page;
    bodies.push(...page.data.map(bodyOf));
    cursor = page.next;
  }
  return bodies.toReversed();
};
