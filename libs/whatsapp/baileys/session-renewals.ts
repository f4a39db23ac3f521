import type { BinaryNode, SignalKeyStore, SignalRepositoryWithLIDStore } from '@whiskeysockets/baileys';
import { sessionJid } from './session-jid.js';
import { openSession, sessionRecord } from './session-record.js';

type Injection = Parameters<SignalRepositoryWithLIDStore['injectE2ESession']>[0];

/**
 * Decides which Signal sessions are replaced by new ones. Baileys replaces those with everybody whose devices it looks up, also where they
 * work: messages that cross then belong to different sessions, and both sides keep ever more of them. A session is only replaced where the
 * other device has changed, or could not decrypt a message and asks for it again.
 */
export class SessionRenewals {
  private readonly retries = new Set<{ readonly jid: string }>();

  constructor(private readonly store: Pick<SignalKeyStore, 'get'>) {}

  /** Processes a receipt. Where its device could not decrypt a message, the device gets a new session meanwhile. */
  async during<Result>({ attrs }: BinaryNode, process: () => Promise<Result>): Promise<Result> {
    const jid = attrs['participant'] ?? attrs['from'];
    if (attrs['type'] !== 'retry' || jid === undefined) return process();
    const retry = { jid };
    this.retries.add(retry);
    try {
      return await process();
    } finally {
      this.retries.delete(retry);
    }
  }

  /** Whether a device needs the session that these keys would make. */
  async isNeeded({ jid, session }: Injection, repository: SignalRepositoryWithLIDStore): Promise<boolean> {
    const current = await sessionJid(jid, repository);
    for (const retry of this.retries) if ((await sessionJid(retry.jid, repository)) === current) return true;
    const address = repository.jidToSignalProtocolAddress(current);
    const { [address]: stored } = await this.store.get('session', [address]);
    const open = stored && openSession(sessionRecord(stored));
    return (
      open?.registrationId !== session.registrationId ||
      open.indexInfo.remoteIdentityKey !== Buffer.from(session.identityKey).toString('base64')
    );
  }
}
