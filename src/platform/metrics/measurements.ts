import type { Gauge, Registry } from 'prom-client';
import type { ReadModels } from '#lib/read-models';
import type { Subscriptions } from '../subscriptions.js';
import type { ViewGauge } from './view-gauge.js';

type PromClient = typeof import('prom-client');

/** Something that is measured whenever metrics are read. */
export type Measurement = {
  readonly gauges: readonly Gauge[];
  /** @throws {StoreUnavailable | ReadModelsUnavailable} */
  readonly measure: () => Promise<void>;
};

/** How far each projection and saga of this process is behind the log. */
export const ofFollowers = (
  { Gauge }: PromClient,
  registry: Registry,
  subscriptions: Pick<Subscriptions, 'all' | 'kindOf'>,
): Measurement => {
  const gauge = (what: string, help: string) =>
    new Gauge({ name: `waybill_follower_${what}`, help, labelNames: ['name', 'kind'], registers: [registry] });
  const events = gauge(
    'lag_events',
    'Events that a projection or saga has not handled yet, where the log can count them.',
  );
  const seconds = gauge('lag_seconds', 'The age of the first event that a projection or saga has not handled yet.');
  const parked = gauge('parked_events', 'Events that a projection or saga could not handle, or that wait behind one.');
  return {
    gauges: [events, seconds, parked],
    measure: async () => {
      for (const one of subscriptions.all()) {
        const labels = { name: one.name, kind: subscriptions.kindOf(one) };
        const lag = await one.lag();
        if (lag.events !== null) events.set(labels, lag.events);
        seconds.set(labels, lag.seconds);
        parked.set(labels, one.parked().length);
      }
    },
  };
};

/** How many documents a view has of each kind, as it is at the moment. */
export const ofView = (
  { Gauge }: PromClient,
  registry: Registry,
  { name, help, label, of, values }: ViewGauge,
  models: Pick<ReadModels, 'count'>,
): Measurement => {
  const gauge = new Gauge({ name, help, labelNames: [label], registers: [registry] });
  return {
    gauges: [gauge],
    measure: async () => {
      for (const [value, where] of Object.entries(values)) gauge.set({ [label]: value }, await models.count(of, where));
    },
  };
};
