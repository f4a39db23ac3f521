import { Transient } from '#lib/async';
import { errorClass, errorCodec, type ErrorClass, type ErrorCodec } from '#lib/threads';
import { AnswerLost, NobodyAnswers } from './errors.js';
import type { Service } from './port.js';

const carried: readonly ErrorClass[] = [
  errorClass(
    NobodyAnswers,
    () => undefined,
    (message) => new NobodyAnswers(message),
  ),
  errorClass(
    AnswerLost,
    () => undefined,
    (message) => new AnswerLost(message),
  ),
  // Whatever else passes by itself still does elsewhere.
  errorClass(
    Transient,
    () => undefined,
    (message) => new Transient(message),
  ),
];

/** Errors of a service as data: those that it lists keep their class, and those that pass by themselves are still told apart. */
export const codecOf = ({ errors = [] }: Pick<Service, 'errors'>): ErrorCodec => errorCodec([...errors, ...carried]);

/** Finds a method. @throws {Error} there is none. */
export const methodOf = (
  services: readonly Service[],
  serviceName: string,
  method: string,
): { readonly service: Service; readonly run: (...args: unknown[]) => unknown } => {
  const service = services.find(({ name }) => name === serviceName);
  const run = service && Object.hasOwn(service.methods, method) ? service.methods[method] : undefined;
  if (!service || !run) throw new Error(`No process does ${serviceName}.${method}`);
  return { service, run: run as (...args: unknown[]) => unknown };
};
