import { accepting } from './accepting.js';
import { firstMessages } from './first-messages.js';
import type { Figure } from './harness.js';
import { gatewayFigures } from './gateway.js';
import { idleMemory } from './idle-memory.js';
import { eventStoreAppends } from './event-store-appends.js';
import { eventStoreLoop } from './event-store-loop.js';
import { eventStoreReads } from './event-store-reads.js';
import { limitFigures } from './limits.js';
import { liveFigures } from './live-readers.js';
import { mediaFigures } from './media.js';
import { projectionFigures } from './projection.js';
import { requestLogFigures } from './request-log.js';
import { sandboxCost } from './sandbox-cost.js';
import { startTimeFigures } from './start-time.js';
import { usageFigures } from './usage-rebuilt.js';
import { webhookFigures } from './webhook-deliveries.js';

const ofService = (figures: readonly Figure[]): readonly Figure[] =>
  figures.map((figure) => ({ ...figure, isOfService: true }));

/** All figures, in the order in which they are measured. */
export const figures: readonly Figure[] = [
  ...eventStoreAppends,
  ...eventStoreReads,
  ...eventStoreLoop,
  ...projectionFigures,
  ...startTimeFigures,
  ...usageFigures,
  ...ofService(accepting),
  ...ofService(limitFigures),
  ...ofService(requestLogFigures),
  ...sandboxCost,
  ...ofService(gatewayFigures),
  ...ofService(mediaFigures),
  ...webhookFigures,
  ...liveFigures,
  ...idleMemory,
  ...ofService(firstMessages),
];
