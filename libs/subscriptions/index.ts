export * from './context.js';
export * from './fingerprint.js';
export { applyEvent, memoryView, type MemoryView, type Tables } from './memory-view.js';
export { MemoryViewFollower } from './memory-view-follower.js';
export * from './page-reactor.js';
export * from './reactor.js';
export type { Snapshot, SnapshotStore } from './snapshots.js';
export * from './subscription.js';
export * from './view-subscription.js';
