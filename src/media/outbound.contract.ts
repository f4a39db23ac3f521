/** Injects `Outbound`. */
export const OUTBOUND = Symbol('outbound');
