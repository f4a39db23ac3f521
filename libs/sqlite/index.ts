export * from './migrate.js';
export * from './open.js';
export * from './owner.js';
export * from './problem.js';
export * from './thread.js';
export * from './worker-url.js';
