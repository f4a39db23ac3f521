import { collection } from '#lib/read-models';
import type { DeliveryView } from './delivery.contract.js';

/** The deliveries of all webhooks that were not removed. */
export const deliveries = collection<DeliveryView>({
  name: 'deliveries',
  version: 2,
  indexes: [
    ['webhookId', 'dueAt'],
    ['webhookId', 'number'],
    ['webhookId', 'status', 'number'],
    ['status', 'updatedAt'],
    ['sessionId'],
    ['mediaId'],
    ['userId'],
  ],
});
