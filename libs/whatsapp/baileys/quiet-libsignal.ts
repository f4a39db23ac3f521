let quiet = false;

/**
 * Suppresses what libsignal prints to the console: it prints whole sessions, including private keys. Its lines are recognized by the file
 * that prints them; all other output is unchanged. Idempotent.
 */
export const quietLibsignal = (): void => {
  if (quiet) return;
  quiet = true;
  const target = globalThis.console;
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    const print = target[method].bind(target);
    target[method] = (...parts: unknown[]) => {
      if (!calledByLibsignal()) print(...parts);
    };
  }
};

/** The caller of the console is on line 3 of the stack, after the message, this function and the console method. */
const calledByLibsignal = (): boolean =>
  /[\\/]node_modules[\\/]libsignal[\\/]/.test(new Error('where').stack?.split('\n')[3] ?? '');
