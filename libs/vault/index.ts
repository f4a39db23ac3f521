export * from './errors.js';
export * from './key-check.js';
export * from './keyed-hash.js';
export * from './master-key.js';
export * from './sealed-secret.js';
export * from './sealer.js';
export * from './secrets.js';
