import { decider, type Command } from '#lib/event-sourcing';
import type { MessageOwner } from '../message-owner.contract.js';
import { receiptEvents, type ReceiptEvent, type RecipientReceipt } from './receipts.contract.js';

/** Records what came of receipts of one message. */
export type RecordReceipts = Command<
  'RecordReceipts',
  MessageOwner & { readonly receipts: readonly RecipientReceipt[]; readonly at: string }
>;

/** More than the largest group has members, each with every status. What is beyond is dropped, so that nobody can fill the log. */
export const maxReceiptsOfMessage = 4_096;

export const receiptsDecider = decider<RecordReceipts, ReceiptEvent, { readonly count: number }>({
  events: receiptEvents,
  idOf: ({ data }) => data.messageId,
  initialState: { count: 0 },
  decide: {
    RecordReceipts: ({ receipts: arrived, at, ...owner }, { count }) => {
      const receipts = arrived.slice(0, maxReceiptsOfMessage - count);
      return receipts.length === 0 ? [] : [{ type: 'ReceiptsArrived', data: { ...owner, receipts, recordedAt: at } }];
    },
  },
  evolve: { ReceiptsArrived: ({ count }, { receipts }) => ({ count: count + receipts.length }) },
});
