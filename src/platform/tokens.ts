/** What the platform provides under a name, where there is no class to ask for. */
export const CONFIG = Symbol('config');
export const CONTEXTS = Symbol('contexts');
export const STORES = Symbol('stores');
export const VAULT = Symbol('vault');
export const CODEC = Symbol('event codec');
export const PROCESS_CALLS = Symbol('process calls');
export const COUNTERS = Symbol('request counters');
export const LOG = Symbol('log');
