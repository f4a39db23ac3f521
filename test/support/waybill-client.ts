import { randomUUID } from 'node:crypto';
import { eventually } from './eventually.js';
import type { Answer, Call } from './http.js';
import { owner } from './owner.js';
import type { SandboxClient, SandboxPhone } from './sandbox-client.js';

/** A user with an API key that may do everything. */
export type TestUser = { readonly id: string; readonly key: string };

/** A session that is linked to a phone of the sandbox, and connected. */
export type LinkedSession = { readonly id: string; readonly user: TestUser; readonly phone: SandboxPhone };

type Limits = {
  readonly maxMessagesPerDay?: number;
  readonly requestsPerMinute?: number;
  readonly maxMessagesPerMinute?: number;
  readonly maxRecipientsPerDay?: number;
  readonly maxSessions?: number;
  readonly maxWebhooks?: number;
};

/** Patient enough for a busy machine, in milliseconds. */
const patience = 30_000;

/** A running service that is asked over HTTP, as users of one's own, and the phones of its sandbox. Others may use both at the same time. */
export class WaybillClient {
  url = '';
  /** An access token of the first owner, once there is one. */
  protected token: Promise<string> | undefined;

  constructor(readonly sandbox: SandboxClient) {}

  /** One that runs already; the token is one of its first owner. */
  static at(url: string, sandbox: SandboxClient, token: string): WaybillClient {
    const client = new WaybillClient(sandbox);
    client.url = url;
    client.token = Promise.resolve(token);
    return client;
  }

  /** Asks the service over HTTP: `call('POST /v1/messages', { key, body })`. */
  async call(route: string, { token, key, body, headers }: Omit<Call, 'from'> = {}): Promise<Answer> {
    const [method = '', path = ''] = route.split(' ');
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(key !== undefined && { 'x-api-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      text,
      body: isJson && text !== '' ? JSON.parse(text) : undefined,
    };
  }

  /** Logs the first owner in, which costs some CPU time; answers an access token, which `admin` uses from then on. */
  logIn(): Promise<string> {
    this.token = this.call('POST /v1/admin/auth/login', { body: owner }).then((answer) => {
      if (answer.status === 200) return (answer.body as { readonly accessToken: string }).accessToken;
      this.token = undefined;
      throw new Error(`Not logged in: ${answer.status} ${answer.text}`);
    });
    return this.token;
  }

  /** Asks as the first owner. */
  async admin(route: string, call: Omit<Call, 'from'> = {}): Promise<Answer> {
    return this.call(route, { token: await (this.token ?? this.logIn()), ...call });
  }

  /** Creates a user with a key; generous limits where nothing is said. */
  async newUser(limits: Limits = {}, key: object = {}): Promise<TestUser> {
    const name = `user-${randomUUID()}`;
    const generous = { requestsPerMinute: 100_000, maxMessagesPerDay: 1_000_000, maxSessions: 100 };
    const body = { name, email: `${name}@example.com`, limits: { ...generous, ...limits } };
    const user = created(await this.admin('POST /v1/admin/users', { body }));
    return { id: user.id, key: await this.newKey(user.id, key) };
  }

  /** Issues one more key to a user; answers its secret. */
  async newKey(userId: string, key: object = {}): Promise<string> {
    const issued = await this.admin(`POST /v1/admin/users/${userId}/api-keys`, { body: { name: 'test', ...key } });
    return created(issued).secret;
  }

  /** Creates a session; answers its id. */
  async newSession(user: TestUser, body: object = {}): Promise<string> {
    return created(await this.call('POST /v1/sessions', { key: user.key, body }), 202).id;
  }

  /** Creates a session, links it to a phone (a new one unless given), and waits until it is connected. */
  async link(user: TestUser, given?: SandboxPhone): Promise<LinkedSession> {
    const phone = given ?? (await this.sandbox.newPhone());
    const id = await this.newSession(user);
    await this.sandbox.scan(phone.number, await this.qr(user, id));
    await this.until(user, id, { status: 'connected' });
    return { id, user, phone };
  }

  /** The QR of a session, as soon as it shows one. */
  async qr(user: TestUser, sessionId: string): Promise<string> {
    return eventually(async () => {
      const answer = await this.call(`GET /v1/sessions/${sessionId}/qr`, { key: user.key });
      return answer.status === 200 && (answer.body as { readonly qr: string }).qr;
    }, patience);
  }

  /** Waits until a session has these fields, and answers all of it. */
  async until(user: TestUser, sessionId: string, fields: object, within = patience): Promise<Answer['body']> {
    let body: Record<string, unknown> = {};
    const wanted = Object.entries(fields) as [string, unknown][];
    try {
      return await eventually(async () => {
        body = (await this.call(`GET /v1/sessions/${sessionId}`, { key: user.key })).body as typeof body;
        return wanted.every(([field, value]) => body[field] === value) && body;
      }, within);
    } catch (error) {
      const problem = `The session is ${JSON.stringify(body)} and not ${JSON.stringify(fields)}`;
      throw new Error(problem, { cause: error });
    }
  }
}

const created = (answer: Answer, status = 201): { readonly id: string; readonly secret: string } => {
  if (answer.status !== status) throw new Error(`Not created: ${answer.status} ${answer.text}`);
  return answer.body as { readonly id: string; readonly secret: string };
};
