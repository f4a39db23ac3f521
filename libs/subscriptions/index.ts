export * from './context.js';
export { lanes, type Lanes } from './lanes.js';
export * from './reactor.js';
export { defaultRetryPolicy, isPassing, pause, waitAfter, type RetryPolicy } from './retry-policy.js';
export * from './subscription.js';
export * from './view-keeper.js';
