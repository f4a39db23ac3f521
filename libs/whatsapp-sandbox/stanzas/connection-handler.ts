import type { BinaryNode } from '../transport/wire.js';

/** Handles a connection after its handshake. */
export type ConnectionHandler = { onNode(node: BinaryNode): void; onClose(): void };
