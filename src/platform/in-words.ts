import { Transient } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';
import { CorruptEvent } from '#lib/event-store';
import { OperatorError } from '#lib/operator-error';

/** An error for the operator: a sentence where the operator can repair it or only has to wait, and otherwise with its stack. */
export const inWords = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const unloadable = nativeModuleIn(error);
  if (unloadable !== undefined) return notLoadable(unloadable);
  if (error instanceof CorruptEvent) return `${error.message}. ${whatToDo(error)}`;
  const isExplained =
    error instanceof OperatorError || error instanceof Transient || error instanceof DomainError || 'syscall' in error;
  return isExplained ? error.message : (error.stack ?? error.message);
};

const whatToDo = ({ position }: CorruptEvent): string =>
  `Restore a backup, or go on without this event: npm run admin -- pass-over ${position} "the reason, for the record"`;

/** The name of the native module that cannot be loaded, if that is what the error says. */
const nativeModuleIn = (error: Error): string | undefined => {
  const isLoading = 'code' in error && error.code === 'ERR_DLOPEN_FAILED';
  if (
    !isLoading &&
    !/NODE_MODULE_VERSION|No native build was found|Could not locate the bindings file|Cannot find module .*\.node'/.test(
      error.message,
    )
  ) {
    return undefined;
  }
  return /node_modules\/((?:@[\w.-]+\/)?[\w.-]+)/.exec(`${error.message}\n${error.stack}`)?.[1] ?? 'a native module';
};

const notLoadable = (name: string): string =>
  `${name} was not built for this Node.js (${process.version}, ${process.platform} ${process.arch}): run \`npm rebuild\`, ` +
  'which needs python3, make and a C++ compiler where there is no prebuilt one, and start again';
