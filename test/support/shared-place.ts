import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { builtService, hasEnded, serviceEnvironment, serviceOf, type Service, type Started } from './service.js';
import { temporaryDirectory } from './temporary-directory.js';
import { ControlledSandbox } from './waybill-sandbox.js';

type Addresses = { readonly url: string; readonly controlUrl: string };

/** What a file of tests leaves for the next one in the same process of Jest. */
type Left = {
  readonly directory: string;
  readonly addresses: Addresses;
  readonly sandbox: Started;
  readonly service: Started;
};

/** Given by `config/system-environment.config.js`. */
type Kept = {
  start(
    program: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
  ): Started & { readonly message: Promise<unknown> };
  take(): Left | undefined;
  leave(left: Left): void;
};

const { kept } = globalThis as unknown as { readonly kept: Kept };

/** A sandbox and the data of a service, which files of tests use one after the other. */
export class SharedPlace {
  private constructor(
    readonly path: string,
    private readonly addresses: Addresses,
    private readonly process: Started,
    /** Undefined where none runs there. */
    readonly running: Service | undefined,
  ) {}

  /** The one that the last file has left, or a new one. */
  static async take(): Promise<SharedPlace> {
    const left = kept.take();
    if (left && !hasEnded(left.sandbox.process)) {
      const running = hasEnded(left.service.process) ? undefined : serviceOf(left.service);
      return new SharedPlace(left.directory, left.addresses, left.sandbox, running);
    }
    const { path } = await temporaryDirectory();
    const place = { port: 0, controlPort: 0, stateFile: join(path, 'sandbox.json'), logFormat: 'json' };
    const sandbox = kept.start('dist/app/sandbox.child.js', [JSON.stringify(place)], {});
    const addresses = await Promise.race([sandbox.message, sandbox.end]);
    if (hasEnded(sandbox.process)) throw new Error(`The sandbox ended: ${sandbox.output()}`);
    return new SharedPlace(path, addresses as Addresses, sandbox, undefined);
  }

  get sandbox(): ControlledSandbox {
    return ControlledSandbox.at(this.addresses);
  }

  /** Starts the service so that the next file can use it, too. */
  startService(variables: NodeJS.ProcessEnv): Service {
    return serviceOf(kept.start(builtService, [], serviceEnvironment(variables)));
  }

  /** The next file goes on with these. */
  leave(service: Service): void {
    kept.leave({ directory: this.path, addresses: this.addresses, sandbox: this.process, service });
  }

  async remove(): Promise<void> {
    this.process.process.kill('SIGKILL');
    await this.process.end;
    await rm(this.path, { recursive: true, force: true });
  }
}
