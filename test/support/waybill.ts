import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { owner } from './owner.js';
import { cpuOf, memoryOf } from './process-usage.js';
import { serverVariables } from './server-variables.js';
import { startService, type Service } from './service.js';
import { temporaryDirectory } from './temporary-directory.js';
import { WaybillClient } from './waybill-client.js';
import { ControlledSandbox } from './waybill-sandbox.js';

export type { LinkedSession, TestUser } from './waybill-client.js';

/** Patient enough for a busy machine, in milliseconds. */
const patience = 30_000;

/** The whole built service in a process of its own, on a data directory of its own, with the sandbox in another process. */
export class Waybill extends WaybillClient {
  private service!: Service;

  private constructor(
    override readonly sandbox: ControlledSandbox,
    private readonly directory: Awaited<ReturnType<typeof temporaryDirectory>>,
    private variables: NodeJS.ProcessEnv,
    private readonly program: string | undefined,
  ) {
    super(sandbox);
  }

  /**
   * Runs what `npm run build` made, or another program, against a sandbox of its own unless one is given, and on new data unless some are
   * given. `variables` are added to the service's environment.
   */
  static async start(
    variables: NodeJS.ProcessEnv = {},
    given?: ControlledSandbox,
    program?: string,
    data?: string,
  ): Promise<Waybill> {
    const directory = await temporaryDirectory();
    const sandbox = given ?? (await ControlledSandbox.start(join(directory.path, 'sandbox.json')));
    const waybill = new Waybill(sandbox, directory, variables, program);
    try {
      await waybill.boot(data);
    } catch (error) {
      await waybill.end(); // nobody else would
      throw error;
    }
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
    this.token = undefined;
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

  /** Its exit code, or the signal that ended it, once it has ended. */
  ended(): Promise<number | NodeJS.Signals> {
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

  /** The same, asked by way of another process of the service. */
  through(url: string): Waybill {
    return Object.assign(Object.create(this) as Waybill, { url });
  }
}
