import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import type { Answer, Call } from './http.js';
import { owner } from './owner.js';
import { cpuOf, memoryOf } from './process-usage.js';
import { serverVariables } from './server-variables.js';
import { startService, type Service } from './service.js';
import { temporaryDirectory } from './temporary-directory.js';
import { ControlledSandbox, type SandboxPhone } from './waybill-sandbox.js';

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

/** The whole built service in a process of its own, on a data directory of its own, with the sandbox in another process. */
export class Waybill {
  private service!: Service;
  private users = 0;
  url = '';
  /** An access token of the first owner. */
  token = '';

  private constructor(
    readonly sandbox: ControlledSandbox,
    private readonly directory: Awaited<ReturnType<typeof temporaryDirectory>>,
    private variables: NodeJS.ProcessEnv,
    private readonly program: string | undefined,
  ) {}

  /**
   * Runs what `npm run build` made, or another program, against a sandbox of its own unless one is given. `variables` are added to the
   * service's environment.
   */
  static async start(variables: NodeJS.ProcessEnv = {}, given?: ControlledSandbox, program?: string): Promise<Waybill> {
    const directory = await temporaryDirectory();
    const sandbox = given ?? (await ControlledSandbox.start(join(directory.path, 'sandbox.json')));
    const waybill = new Waybill(sandbox, directory, variables, program);
    await waybill.boot();
    return waybill;
  }

  get dataDirectory(): string {
    return join(this.directory.path, 'data');
  }

  /** Starts the service on the same data, or on others, and waits until it is ready. */
  async boot(data = this.dataDirectory): Promise<void> {
    this.service = startService(
      {
        WAYBILL_DATA_DIR: data,
        WAYBILL_ADMIN_EMAIL: owner.email,
        WAYBILL_ADMIN_PASSWORD: owner.password,
        WAYBILL_WHATSAPP: 'sandbox',
        WAYBILL_SANDBOX_URL: this.sandbox.url,
        WAYBILL_SANDBOX_CA: await (await fetch(`${this.sandbox.controlUrl}/ca.pem`)).text(),
        ...serverVariables(data),
        ...this.variables,
      },
      this.program,
    );
    this.url = await this.service.url();
    await eventually(async () => (await this.call('GET /health/ready')).status === 200, patience);
    const login = await this.call('POST /v1/admin/auth/login', { body: owner });
    this.token = (login.body as { readonly accessToken: string }).accessToken;
  }

  /** What is added to the service's environment from the next boot on, in the place of what was. */
  configure(variables: NodeJS.ProcessEnv): void {
    this.variables = variables;
  }

  /** Ends the service as the power does. */
  async kill(): Promise<void> {
    this.service.process.kill('SIGKILL');
    await this.service.ended();
  }

  /** Ends the service in order; answers its exit code. */
  async shutDown(): Promise<number | NodeJS.Signals> {
    this.service.process.kill('SIGTERM');
    return this.service.ended();
  }

  /** Sends the service a signal, such as SIGSTOP. */
  signal(name: NodeJS.Signals): void {
    this.service.process.kill(name);
  }

  /** Limits the size of the service's files, so that its writes fail as on a full disk; undefined lifts the limit. */
  limitFiles(bytes: number | undefined): void {
    execFileSync('prlimit', [`--fsize=${bytes ?? 'unlimited'}:`, '--pid', String(this.service.process.pid)]);
  }

  /** Removes the views, as an operator may while the service is down. */
  async deleteViews(): Promise<void> {
    const files = ['views.db', 'views.db-wal', 'views.db-shm'];
    await Promise.all(files.map((file) => rm(join(this.dataDirectory, file), { force: true })));
  }

  /** Megabytes that the service's process holds. */
  memory(): number {
    return memoryOf(this.service.process);
  }

  /** Milliseconds of CPU that all threads of the service's process have used so far. */
  cpu(): number {
    return cpuOf(this.service.process);
  }

  /** What the service printed since it was booted. */
  output(): string {
    return this.service.output();
  }

  /** Ends everything and removes the data. */
  async end(): Promise<void> {
    await this.kill();
    await this.sandbox.stop();
    await this.directory.remove();
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

  /** The same, asked by way of another process of the service. */
  through(url: string): Waybill {
    return Object.assign(Object.create(this) as Waybill, { url });
  }

  /** Asks as the first owner. */
  admin(route: string, call: Omit<Call, 'from'> = {}): Promise<Answer> {
    return this.call(route, { token: this.token, ...call });
  }

  /** Creates a user with a key; generous limits where nothing is said. */
  async newUser(limits: Limits = {}, key: object = {}): Promise<TestUser> {
    this.users += 1;
    const name = `user-${this.users}-${Date.now()}`;
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
