export * from './errors.js';
export { matchesEvent } from './filter.js';
export * from './port.js';
