import type { BinaryNode, NewChatMessageCapInfo, ReachoutTimelockState } from '@whiskeysockets/baileys';
import type { Restriction } from '../reports.js';
import { childrenOf } from './nodes.js';

export const timeLockOf = (state: ReachoutTimelockState): Restriction => {
  const { isActive = false, timeEnforcementEnds, enforcementType } = state;
  const cause =
    enforcementType === undefined || (enforcementType as string) === 'DEFAULT' ? '' : ` (${enforcementType})`;
  return {
    kind: 'time_lock',
    isActive,
    until: isActive ? (timeEnforcementEnds?.toISOString() ?? null) : null,
    detail: `WhatsApp does not let the account start new chats for now${cause}.`,
  };
};

export const newChatCapOf = ({
  capping_status,
  cycle_end_timestamp,
  total_quota,
}: NewChatMessageCapInfo): Restriction => {
  const isActive = (capping_status as string | undefined) === 'CAPPED';
  const seconds = Number(cycle_end_timestamp);
  const cap = total_quota !== undefined && total_quota > 0 ? ` ${total_quota}` : '';
  return {
    kind: 'new_chat_cap',
    isActive,
    until: isActive && seconds > 0 ? new Date(seconds * 1000).toISOString() : null,
    detail: `WhatsApp lets the account start a number of new chats${cap && `,${cap},`} within a time, and they are used up.`,
  };
};

type TimeLockNotice = {
  readonly is_active?: boolean;
  readonly time_enforcement_ends?: string;
  readonly enforcement_type?: ReachoutTimelockState['enforcementType'];
};

type Noticed = {
  readonly xwa2_notify_account_reachout_timelock?: TimeLockNotice | null;
  readonly xwa2_notify_new_chat_messages_capping_info_update?: NewChatMessageCapInfo | null;
};

/** What a notice says of a restriction, which may be its end; undefined for other notices. */
export const restrictionFromNotice = (notice: BinaryNode, nowMs: number): Restriction | undefined => {
  if (notice.attrs['type'] !== 'mex') return undefined;
  const content = childrenOf(notice).find(({ tag }) => tag === 'update')?.content;
  if (!Buffer.isBuffer(content)) return undefined;
  try {
    const { data } = JSON.parse(content.toString()) as { readonly data?: Noticed | null };
    const lock = data?.xwa2_notify_account_reachout_timelock;
    if (lock) return timeLockOf(noticedLock(lock, nowMs));
    const cap = data?.xwa2_notify_new_chat_messages_capping_info_update;
    return cap ? newChatCapOf(cap) : undefined;
  } catch {
    return undefined; // Baileys logs what it cannot read
  }
};

/** Where the notice leaves out the end, WhatsApp's own clients take a minute. */
const unsaidMs = 60_000;

const noticedLock = (lock: TimeLockNotice, nowMs: number): ReachoutTimelockState => {
  const endMs = Number(lock.time_enforcement_ends ?? 0) * 1000;
  return {
    isActive: lock.is_active === true,
    timeEnforcementEnds: new Date(endMs === 0 ? nowMs + unsaidMs : endMs),
    ...(lock.enforcement_type && { enforcementType: lock.enforcement_type }),
  };
};
