export * from './addresses.js';
export * from './content.js';
export * from './disconnects.js';
export * from './errors.js';
export * from './message-id.js';
export * from './port.js';
export * from './reports.js';
export * from './send-refusals.js';
