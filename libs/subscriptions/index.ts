export * from './context.js';
export * from './reactor.js';
export { defaultRetryPolicy, type RetryPolicy } from './retry-policy.js';
export * from './subscription.js';
export * from './view-keeper.js';
