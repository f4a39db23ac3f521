import { eventually } from './eventually.js';
import { startService, type Service } from './service.js';

/** A process of the built service that only answers requests, beside the one that has the sessions. */
export class ApiProcess {
  private service: Service | undefined;
  url = '';

  private constructor(private readonly variables: NodeJS.ProcessEnv) {}

  /** `variables` name the stores that it shares with the others, and the data directory where they keep files. Resolves once it is ready. */
  static async start(variables: NodeJS.ProcessEnv): Promise<ApiProcess> {
    const started = new ApiProcess({ ...variables, WAYBILL_ROLES: 'api', WAYBILL_WHATSAPP: 'sandbox' });
    await started.boot();
    return started;
  }

  async boot(): Promise<void> {
    this.service = startService(this.variables);
    this.url = await this.service.url();
    await eventually(async () => {
      const ready = await fetch(`${this.url}/health/ready`);
      if (ready.status !== 200) throw new Error(`Not ready: ${await ready.text()}\n${this.output()}`);
    });
  }

  output(): string {
    return this.service?.output() ?? '';
  }

  async kill(): Promise<void> {
    if (!this.service) return;
    this.service.process.kill('SIGKILL');
    await this.service.ended();
    this.service = undefined;
  }

  /** Ends it in order; answers its exit code. */
  async shutDown(): Promise<number | NodeJS.Signals | undefined> {
    this.service?.process.kill('SIGTERM');
    const code = await this.service?.ended();
    this.service = undefined;
    return code;
  }
}
