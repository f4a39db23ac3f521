export * from './copy.js';
export * from './errors.js';
export * from './port.js';
export * from './writer.js';
