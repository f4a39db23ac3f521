import { Inject, Injectable } from '@nestjs/common';
import type { Histogram, Registry } from 'prom-client';
import type { Log } from '#lib/subscriptions';
import type { ContextDefinition } from '../context-definition.js';
import type { AnsweredRequest } from '../http/server/answered-request.js';
import { SessionProcess } from '../processes/session-process.js';
import type { Stores } from '../stores.js';
import { Subscriptions } from '../subscriptions.js';
import { CONTEXTS, LOG, STORES } from '../tokens.js';
import { version } from '../version.js';
import { ofFollowers, ofView, type Measurement } from './measurements.js';

const durationBucketsSeconds = [0.01, 0.05, 0.25, 1, 5, 30];

type Opened = {
  readonly registry: Registry;
  readonly requests: Histogram<'method' | 'route' | 'status'>;
  readonly measurements: readonly Measurement[];
};

/**
 * What monitoring reads, in the format of Prometheus. Requests are counted from the first time on that it is read. What is true of the whole
 * installation is told by the process that has the sessions alone, so that sums over processes are right.
 */
@Injectable()
export class Metrics {
  private opening: Promise<Opened> | undefined;
  private opened: Opened | undefined;
  private reading: Promise<string> | undefined;

  constructor(
    @Inject(STORES) private readonly stores: Pick<Stores, 'models'>,
    @Inject(CONTEXTS) private readonly contexts: readonly ContextDefinition[],
    @Inject(LOG) private readonly log: Log,
    private readonly subscriptions: Subscriptions,
    private readonly sessionProcess: SessionProcess,
  ) {}

  /** Never waits and never fails. */
  record({ request, status, ms }: AnsweredRequest): void {
    const { method, routeOptions } = request;
    const labels = { method, route: routeOptions.url ?? 'none', status: status ?? 'aborted' };
    this.opened?.requests.observe(labels, ms / 1000);
  }

  /** All of it, as text. Those who ask at the same time share an answer. What cannot be measured at the moment is missing. */
  read(): Promise<string> {
    this.reading ??= this.measured().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async measured(): Promise<string> {
    this.opening ??= this.open();
    const { registry, measurements } = await this.opening;
    await Promise.all(measurements.map((one) => this.measure(one)));
    return registry.metrics();
  }

  private async measure({ gauges, measure }: Measurement): Promise<void> {
    try {
      await measure();
    } catch (error) {
      for (const gauge of gauges) gauge.reset();
      this.log.warn({ err: error }, 'Some metrics could not be measured');
    }
  }

  private async open(): Promise<Opened> {
    // Loaded only here: many installations are not monitored.
    const { default: client } = await import('prom-client');
    const registry = new client.Registry();
    client.collectDefaultMetrics({ register: registry });
    const requests = new client.Histogram({
      name: 'waybill_http_request_duration_seconds',
      help: 'Requests that were answered, by the pattern of their route, and how long that took.',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: durationBucketsSeconds,
      registers: [registry],
    });
    new client.Gauge({
      name: 'waybill_info',
      help: 'The version of the service.',
      labelNames: ['version'],
      registers: [registry],
    }).set({ version }, 1);
    const gauges = this.sessionProcess.isHere ? this.contexts.flatMap(({ viewGauges }) => viewGauges ?? []) : [];
    const measurements = [
      ofFollowers(client, registry, this.subscriptions),
      ...gauges.map((gauge) => ofView(client, registry, gauge, this.stores.models)),
    ];
    this.opened = { registry, requests, measurements };
    return this.opened;
  }
}
