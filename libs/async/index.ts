export * from './keyed-queue.js';
export * from './policy/index.js';
export * from './retry.js';
export * from './shared-work.js';
export * from './transient.js';
export * from './translating.js';
