import { Module } from '@nestjs/common';
import { MetricsController } from './metrics.controller.js';

/** The route of metrics. Stands on the platform and on the access of callers. */
@Module({ controllers: [MetricsController] })
export class MetricsModule {}
