export { guardedBody } from './body.js';
export { newClient, type BucketSettings } from './client.js';
export { isMissing, isRefusal, reasonOf } from './errors.js';
