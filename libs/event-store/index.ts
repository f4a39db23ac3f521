export * from './errors.js';
export { matchesEvent } from './filter.js';
export { NewestEvents } from './newest-events.js';
export * from './port.js';
