import { StandardSchemaValidationPipe } from '@nestjs/common';
import { InvalidInput } from './problem.js';

/** Validates bodies, queries and parameters against the schemas of their route. */
export const validation = (): StandardSchemaValidationPipe =>
  new StandardSchemaValidationPipe({
    exceptionFactory: (issues) =>
      new InvalidInput(
        issues.slice(0, 50).map(({ path, message }) => ({
          path: (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
          message,
        })),
      ),
  });
