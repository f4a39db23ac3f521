export * from './keyed-queue.js';
export * from './retry.js';
export * from './transient.js';
