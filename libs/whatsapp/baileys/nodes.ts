import type { BinaryNode } from '@whiskeysockets/baileys';

/** The nodes in a node; none where it has bytes or text, or nothing. */
export const childrenOf = ({ content }: BinaryNode): readonly BinaryNode[] => (Array.isArray(content) ? content : []);
