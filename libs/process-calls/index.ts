export * from './alone.js';
export * from './errors.js';
export * from './port.js';
