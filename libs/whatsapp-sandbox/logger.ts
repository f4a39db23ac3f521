type Log = (details: object, message: string) => void;

/** The subset of pino that the sandbox uses. */
export type SandboxLogger = { readonly debug: Log; readonly info: Log; readonly warn: Log; readonly error: Log };

const nothing: Log = () => undefined;
export const silentLogger: SandboxLogger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
