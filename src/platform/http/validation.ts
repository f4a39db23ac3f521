import { StandardSchemaValidationPipe, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { InvalidInput } from './problem.js';
import { withoutNullsAt, type Path } from './refused-nulls.js';

const maxIssues = 50;
/** Paths and messages may quote what was sent. */
const maxIssueChars = 200;

/** Which paths do not match the schema. */
class Mismatch extends InvalidInput {
  constructor(
    readonly paths: readonly Path[],
    messages: readonly string[],
  ) {
    super(
      messages.slice(0, maxIssues).map((message, index) => ({
        path: (paths[index] ?? []).join('.').slice(0, maxIssueChars),
        message: message.slice(0, maxIssueChars),
      })),
    );
  }
}

/**
 * Validates bodies, queries and parameters against the schemas of their route. In a body, null for an optional field is the same as leaving
 * it out, and no body is the same as an empty object.
 */
export class Validation implements PipeTransform {
  private readonly schemas = new StandardSchemaValidationPipe({
    exceptionFactory: (issues) =>
      new Mismatch(
        issues.map(({ path }) => keysOf(path)),
        issues.map(({ message }) => message),
      ),
  });

  async transform(given: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type !== 'body') return this.schemas.transform(given, metadata);
    const body = given === undefined ? {} : given;
    try {
      return await this.schemas.transform(body, metadata);
    } catch (error) {
      const without = error instanceof Mismatch ? withoutNullsAt(body, error.paths) : undefined;
      if (without === undefined) throw error;
      return this.schemas.transform(without, metadata);
    }
  }
}

const keysOf = (path: readonly unknown[] = []): Path =>
  path.map((part) => String(typeof part === 'object' && part !== null && 'key' in part ? part.key : part));
