import { startSandbox, type Sandbox } from '#lib/whatsapp-sandbox';
import type { WhatsAppConnections } from '#lib/whatsapp';
import type { Timing } from '#lib/whatsapp/baileys';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { Gateway, openOnThread, type OpenedConnections, type Opening } from './gateway.js';

/**
 * A sandbox and a thread of connections that several tests use one after the other: a thread takes half a second of CPU time to start. The sessions
 * of each test have names of their own there, so that nothing of one test is heard in another one.
 */
export class SharedThread {
  private readonly members = new Map<string, Opening>();
  private joined = 0;
  private shared: OpenedConnections | undefined;

  private constructor(
    readonly sandbox: Sandbox,
    private readonly directory: Awaited<ReturnType<typeof temporaryDirectory>>,
    private readonly timing: Partial<Timing>,
  ) {}

  static async start(timing: Partial<Timing>): Promise<SharedThread> {
    return new SharedThread(await startSandbox(), await temporaryDirectory(), timing);
  }

  /** A gateway that finds no sessions and no faults. It cannot be opened again once it is closed. */
  gateway(): Promise<Gateway> {
    this.sandbox.faults.clear();
    this.sandbox.mediaFaults.clear();
    this.sandbox.transcript.setCapacity(0);
    let isOpen = false;
    return Gateway.open(this.directory.path, this.sandbox, this.timing, (opening) => {
      if (isOpen) throw new Error('A gateway on a shared thread cannot be opened again: the test needs its own');
      isOpen = true;
      return this.join(opening);
    });
  }

  async end(): Promise<void> {
    await this.shared?.close();
    await this.sandbox.stop();
    await this.directory.remove();
  }

  private async join(opening: Opening): Promise<OpenedConnections> {
    this.joined += 1;
    const prefix = `${this.joined}/`;
    this.members.set(prefix, opening);
    const { connections } = (this.shared ??= await openOnThread({ ...opening, ...this.routes() }));
    const linkedSessions = async () =>
      (await connections.linkedSessions()).flatMap((id) => (id.startsWith(prefix) ? id.slice(prefix.length) : []));
    const started = new Set<string>();
    const start: WhatsAppConnections['start'] = (session, options) => {
      started.add(session);
      return connections.start(prefix + session, options);
    };
    return {
      connections: prefixed(connections, prefix, { linkedSessions, start }),
      close: async () => {
        await Promise.all([...started].map((session) => connections.forget(prefix + session)));
        this.members.delete(prefix);
      },
    };
  }

  /** Hands what the thread says of a session to the test whose session it is; what is late for its test is dropped. */
  private routes(): Pick<Opening, 'report' | 'sentMessages' | 'proxies' | 'log'> {
    const memberOf = (id: string): readonly [Opening | undefined, string] => {
      const end = id.indexOf('/') + 1;
      return [this.members.get(id.slice(0, end)), id.slice(end)];
    };
    const log = (level: keyof Opening['log']) => (details: object, message: string) => {
      for (const member of this.members.values()) member.log[level](details, message);
    };
    return {
      report: (id, report) => {
        const [member, session] = memberOf(id);
        return member?.report(session, report);
      },
      sentMessages: async (id, whatsappId) => {
        const [member, session] = memberOf(id);
        return member?.sentMessages(session, whatsappId);
      },
      proxies: async (id) => {
        const [member, session] = memberOf(id);
        return member?.proxies(session);
      },
      log: { debug: log('debug'), warn: log('warn'), error: log('error') },
    };
  }
}

/** The same methods, each of which puts the prefix before the session that is its first argument; except those of `others`. */
const prefixed = <Part extends object>(part: Part, prefix: string, others: Partial<Part> = {}): Part =>
  new Proxy(part, {
    get: (target, name) => {
      if (name in others) return Reflect.get(others, name) as unknown;
      const value: unknown = Reflect.get(target, name);
      if (typeof value === 'object' && value !== null) return prefixed(value, prefix);
      if (typeof value !== 'function') return value;
      return (session: string, ...rest: unknown[]): unknown =>
        Reflect.apply(value, target, [prefix + session, ...rest]);
    },
  });
