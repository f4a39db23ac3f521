export * from './copy.js';
export * from './errors.js';
export * from './migrate.js';
export * from './open.js';
export * from './owner.js';
