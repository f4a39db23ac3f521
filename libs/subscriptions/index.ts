export * from './context.js';
export * from './reactor.js';
export * from './subscription.js';
export * from './view-keeper.js';
