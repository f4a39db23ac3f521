let quiet = false;

/**
 * Keeps what libsignal prints off the console of this process: it prints whole sessions, private keys included. Tells its lines by
 * the file that prints them; everybody else's are printed as before. Harmless when called twice.
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

/** The third line of a stack, after the message and this function and the console's: whoever called the console. */
const calledByLibsignal = (): boolean =>
  /[\\/]node_modules[\\/]libsignal[\\/]/.test(new Error('where').stack?.split('\n')[3] ?? '');
