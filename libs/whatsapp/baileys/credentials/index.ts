export * from './cached.js';
export * from './place.js';
export * from './port.js';
export * from './sealed.js';
