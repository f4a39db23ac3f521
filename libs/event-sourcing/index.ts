export * from './decider.js';
export * from './domain-error.js';
export * from './event-codec.js';
export * from './event-types.js';
export * from './message.js';
export * from './personal-data.js';
export * from './projection.js';
export * from './saga.js';
