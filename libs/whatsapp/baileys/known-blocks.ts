import { isLidUser, type BinaryNode, type WASocket } from '@whiskeysockets/baileys';
import { personOf, type Person, type PhoneNumber } from '../addresses.js';
import type { Report } from '../reports.js';
import { childrenOf } from './nodes.js';

type BlockListSocket = Pick<WASocket, 'fetchBlocklist' | 'signalRepository'>;

/** Far more than anybody blocks. */
const maxBlocked = 10_000;

/** Asks WhatsApp whom the account blocks. The numbers of those who are named by LID are known where WhatsApp named them before. */
export const blockedBy = async (socket: BlockListSocket): Promise<readonly Person[]> => {
  const jids = (await socket.fetchBlocklist()).flatMap((jid) => jid ?? []).slice(0, maxBlocked);
  return Promise.all(jids.map((jid) => blockedPerson(socket, jid)));
};

const blockedPerson = async ({ signalRepository }: BlockListSocket, jid: string): Promise<Person> =>
  personOf(jid, isLidUser(jid) === true ? await signalRepository.lidMapping.getPNForLID(jid) : undefined);

type KnownBlocksParts = {
  readonly socket: BlockListSocket;
  /** The phone number of the account, once the connection is open. */
  readonly account: () => PhoneNumber;
  readonly isOver: () => boolean;
  /** Resolves once the report is durable. */
  readonly report: (report: Report) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
};

/** Reports whom the account blocks, as it is when the connection opens and after each change by another device. */
export class KnownBlocks {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly parts: KnownBlocksParts) {}

  /** To be called when the connection is open. */
  opened(): void {
    this.last = this.last.then(() => this.tell()).catch((error: unknown) => this.failed(error));
  }

  /** To be called with each notice. */
  notified(notice: BinaryNode): void {
    const isChange = childrenOf(notice).some(({ tag }) => tag === 'blocklist');
    if (notice.attrs['type'] === 'account_sync' && isChange) this.opened();
  }

  private async tell(): Promise<void> {
    const { socket, account, isOver, report } = this.parts;
    if (isOver()) return;
    const blocked = await blockedBy(socket);
    if (!isOver()) await report({ kind: 'blocks', account: account(), blocked });
  }

  /** Nothing is lost: it is asked for again at the next connection. */
  private failed(error: unknown): void {
    if (!this.parts.isOver()) this.parts.onFailure(error);
  }
}
