import type { SandboxAccount } from '../network/account.js';
import { el, type BinaryNode } from '../transport/wire.js';
import type { PhoneSettings } from './settings.js';

const secondsOf = (time: string): string => String(Math.floor(Date.parse(time) / 1000));

const cap = 50;

/** The account's time lock, as WhatsApp's GraphQL tells it. */
const timeLock = ({ restricted, restrictionsEndAt }: PhoneSettings): object => ({
  is_active: restricted,
  time_enforcement_ends: restricted && restrictionsEndAt ? secondsOf(restrictionsEndAt) : '0',
  enforcement_type: 'DEFAULT',
});

/** How many new chats the account may start, in the same way. */
const newChats = ({ newChatsCapped, restrictionsEndAt }: PhoneSettings): object =>
  newChatsCapped && restrictionsEndAt
    ? {
        total_quota: cap,
        used_quota: cap,
        cycle_end_timestamp: secondsOf(restrictionsEndAt),
        capping_status: 'CAPPED',
      }
    : { total_quota: -1, used_quota: 0, capping_status: 'NONE' };

/** Answers any GraphQL query: Baileys reads the part that it asked for. */
export const restrictionsAnswer = (settings: PhoneSettings): Buffer =>
  json({ xwa2_fetch_account_reachout_timelock: timeLock(settings), xwa2_message_capping_info: newChats(settings) });

/** Tells the linked clients where a change of the settings concerns them. */
export const tellRestrictions = (
  account: Pick<SandboxAccount, 'notifyCompanions'>,
  change: Partial<PhoneSettings>,
  settings: PhoneSettings,
): void => {
  if (change.restricted === undefined && change.newChatsCapped === undefined) return;
  const notices = [
    notice('NotificationUserReachoutTimelockUpdate', { xwa2_notify_account_reachout_timelock: timeLock(settings) }),
    notice('MessageCappingInfoNotification', {
      xwa2_notify_new_chat_messages_capping_info_update: newChats(settings),
    }),
  ];
  for (const each of notices) account.notifyCompanions('mex', [each]);
};

const notice = (operation: string, data: object): BinaryNode => el('update', { op_name: operation }, json(data));

const json = (data: object): Buffer => Buffer.from(JSON.stringify({ data }));
