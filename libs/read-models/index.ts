export * from './collection.js';
export * from './errors.js';
export * from './port.js';
export * from './write.js';
