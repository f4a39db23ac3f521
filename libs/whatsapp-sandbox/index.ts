export { faultKinds, type FaultKind, type FaultRule } from './faults.js';
export type { SendableContent } from './phone/content/content.js';
export type { PhoneMessageStatus, PhoneMessage } from './phone/inbox.js';
export type { MediaKind } from './phone/media-store.js';
export type { Phone } from './phone/phone.js';
export { startSandbox, type Sandbox, type SandboxOptions } from './sandbox.js';
export type { RecordedNode } from './transcript.js';
