import {
  accountMethods,
  allAnswered,
  groupMethods,
  whatsAppErrors,
  type WhatsAppAccounts,
  type WhatsAppConnections,
  type WhatsAppGroups,
} from '#lib/whatsapp';
import type { Asked, SessionProcess } from '../../platform/processes/session-process.js';

type Named<Part> = (method: keyof Part & string, args: readonly unknown[]) => Promise<unknown>;

/** What requests ask of the connections: they may come to any process. */
type AskedConnections = Pick<WhatsAppConnections, 'checkNumbers' | 'showActivity' | 'linkedSessions'> & {
  /** As `checkNumbers` of the port. That name is kept for processes of an earlier version, which take a number that is left out for absent. */
  readonly answeredNumbers: WhatsAppConnections['checkNumbers'];
  readonly groups: Named<WhatsAppGroups>;
  readonly accounts: Named<WhatsAppAccounts>;
};

/**
 * The connections to WhatsApp, which the process has that has the sessions: there they are given. Elsewhere, what requests ask of them is
 * asked of that process, and all else is refused.
 */
export const sharedConnections = (
  sessionProcess: SessionProcess,
  given: WhatsAppConnections | undefined,
): WhatsAppConnections => {
  const here = (): WhatsAppConnections => given ?? refused('The connections to WhatsApp are');
  const methods: AskedConnections = {
    checkNumbers: async (sessionId, numbers) => allAnswered(numbers, await here().checkNumbers(sessionId, numbers)),
    answeredNumbers: (...args) => here().checkNumbers(...args),
    showActivity: (...args) => here().showActivity(...args),
    linkedSessions: () => here().linkedSessions(),
    groups: (method, args) => called(here().groups, method, args),
    accounts: (method, args) => called(here().accounts, method, args),
  };
  const asked = sessionProcess.offer('whatsapp', methods, { errors: whatsAppErrors });
  return given ?? new ConnectionsElsewhere(asked);
};

const called = <Part>(part: Part, method: keyof Part & string, args: readonly unknown[]): Promise<unknown> =>
  (part[method] as (...args: readonly unknown[]) => Promise<unknown>)(...args);

const refused = (what: string): never => {
  throw new Error(`${what} another process's`);
};

/** As the process sees them that has no sessions. */
class ConnectionsElsewhere implements WhatsAppConnections {
  readonly groups: WhatsAppGroups;
  readonly accounts: WhatsAppAccounts;

  constructor(private readonly asked: Asked<AskedConnections>) {
    this.groups = forwarding(groupMethods, asked.groups);
    this.accounts = forwarding(accountMethods, asked.accounts);
  }

  checkNumbers(
    ...args: Parameters<WhatsAppConnections['checkNumbers']>
  ): ReturnType<WhatsAppConnections['checkNumbers']> {
    return this.asked.answeredNumbers(...args);
  }

  showActivity(...args: Parameters<WhatsAppConnections['showActivity']>): Promise<void> {
    return this.asked.showActivity(...args);
  }

  linkedSessions(): Promise<readonly string[]> {
    return this.asked.linkedSessions();
  }

  connection(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  readonly start = elsewhere('start');
  readonly stop = elsewhere('stop');
  readonly logout = elsewhere('logout');
  readonly forget = elsewhere('forget');
  readonly send = elsewhere('send');
  readonly uploadMedia = elsewhere('uploadMedia');
  readonly markRead = elsewhere('markRead');
  readonly setPresence = elsewhere('setPresence');
  readonly rejectCall = elsewhere('rejectCall');
  readonly downloadMedia = elsewhere('downloadMedia');
  readonly renewMedia = elsewhere('renewMedia');
  readonly openEdit = elsewhere('openEdit');
  readonly openVote = elsewhere('openVote');
}

/** What no request asks for: sagas and queues do it, where the sessions are. */
const elsewhere = (method: string) => (): Promise<never> =>
  Promise.reject(new Error(`Only the process that has the sessions does this: ${method}`));

const forwarding = <Part>(methods: readonly (keyof Part & string)[], ask: Named<Part>): Part =>
  Object.fromEntries(methods.map((method) => [method, (...args: readonly unknown[]) => ask(method, args)])) as Part;
