import type { BinaryNode } from '../transport/wire.js';

/** What a connection is used for after its handshake. */
export type Session = { onNode(node: BinaryNode): void; onClose(): void };
