import { DomainError } from '#lib/event-sourcing';
import { queryHandler } from '../platform/context-definition.js';
import { deliveries } from './deliveries.contract.js';
import type { GetDelivery, ListDeliveries } from './delivery.contract.js';

export const deliveryQueries = {
  GetDelivery: queryHandler<GetDelivery>({
    reads: [deliveries],
    answer: async ({ userId, deliveryId }, models) => {
      const delivery = await models.get(deliveries, deliveryId);
      if (delivery?.userId === userId) return delivery;
      throw new DomainError('not_found', 'delivery_not_found', 'There is no such delivery');
    },
  }),
  ListDeliveries: queryHandler<ListDeliveries>({
    reads: [deliveries],
    answer: ({ webhookId, status, events, from, to, ...page }, models) =>
      models.find(deliveries, {
        where: {
          webhookId,
          ...(status !== undefined && { status }),
          ...(events && { event: { in: events } }),
          ...((from !== undefined || to !== undefined) && {
            happenedAt: { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lte: to }) },
          }),
        },
        sort: { field: 'number', order: 'desc' },
        ...page,
      }),
  }),
};
