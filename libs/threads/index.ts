export type { ThreadCalls, Methods } from './channel.js';
export { errorClass, errorCodec, ThreadEnded, type ErrorClass, type ErrorCodec, type ErrorData } from './errors.js';
export { releaseSpareMemoryOnceIdle } from './spare-memory.js';
export { serveThread, startThread, type Thread, type ThreadMethods } from './thread.js';
export { transfer } from './transfer.js';
export { workerUrl } from './worker-url.js';
