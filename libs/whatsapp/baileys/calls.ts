import type { BinaryNode } from '@whiskeysockets/baileys';
import { bareJid, personOf } from '../addresses.js';
import type { Account, CallOutcome, Report } from '../reports.js';
import { lineOf, messageIdOf } from './content/bounded.js';
import type { BaileysLogger } from './logger.js';
import { childrenOf } from './nodes.js';
import type { PassToBaileys } from './socket-events.js';
import { timeFromSeconds } from './times.js';

type Parts = {
  /** Undefined until the session is linked. */
  readonly account: () => Account | undefined;
  readonly isOver: () => boolean;
  /** Rejects where the report could not be recorded. */
  readonly report: (report: Report) => Promise<void>;
  readonly logger: BaileysLogger;
};

/** The calls to one session's account, in the order in which WhatsApp tells of them. */
export class CallStanzas {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly parts: Parts) {}

  /** Reports a step of a call, and passes it on: Baileys confirms it then. What was not recorded is not confirmed, and comes again. */
  stanza(stanza: BinaryNode, passToBaileys: PassToBaileys): void {
    this.last = this.last.then(() => this.process(stanza, passToBaileys));
  }

  private async process(stanza: BinaryNode, passToBaileys: PassToBaileys): Promise<void> {
    const { account, isOver, report, logger } = this.parts;
    const me = account();
    const call = me && callFromStanza(stanza, me);
    try {
      if (isOver()) return;
      if (call) await report(call);
      if (!isOver()) await passToBaileys(stanza);
    } catch (error) {
      logger.warn({ err: error }, 'A step of a call could not be processed');
    }
  }
}

/** Undefined for the steps between, and for calls that the account's owner makes. */
export const callFromStanza = (stanza: BinaryNode, me: Account): Report | undefined => {
  const { attrs } = stanza;
  const [info] = childrenOf(stanza);
  const whatsappId = info?.attrs['call-id'];
  const from = info?.attrs['call-creator'] ?? info?.attrs['from'] ?? attrs['from'];
  if (!info || !whatsappId || !from) return undefined;
  const caller = personOf(from, info.attrs['caller_pn'] ?? info.attrs['caller_lid']);
  if (isOwn(caller.jid, me)) return undefined;
  const call = {
    whatsappId: messageIdOf(whatsappId),
    account: me.phoneNumber,
    caller,
    at: timeFromSeconds(attrs['t']),
  };
  if (info.tag === 'offer' || info.tag === 'offer_notice') {
    const isVideo = childrenOf(info).some(({ tag }) => tag === 'video') || info.attrs['media'] === 'video';
    const isGroup = info.attrs['type'] === 'group' || info.attrs['group-jid'] !== undefined;
    return { kind: 'call_offered', call: { ...call, from, isVideo, isGroup } };
  }
  const outcome = outcomeOf(info);
  return outcome && { kind: 'call_ended', call: { ...call, outcome, reason: lineOf(info.attrs['reason']) } };
};

const outcomeOf = ({ tag, attrs }: BinaryNode): CallOutcome | undefined => {
  if (tag === 'reject') return 'rejected';
  if (tag === 'accept') return 'accepted';
  return tag === 'terminate' ? (outcomeOfReason[attrs['reason'] ?? ''] ?? 'ended') : undefined;
};

/** WhatsApp's words for why a call does not ring any more. */
const outcomeOfReason: Readonly<Record<string, CallOutcome>> = {
  timeout: 'missed',
  accepted_elsewhere: 'accepted',
  rejected_elsewhere: 'rejected',
};

const isOwn = (jid: string, { jid: own, lid }: Account): boolean =>
  jid === bareJid(own) || (lid !== null && jid === bareJid(lid));
