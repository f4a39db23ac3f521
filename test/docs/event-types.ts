import { readFile } from 'node:fs/promises';
import { readConfig } from '#config';
import { AppModule } from '../../src/app.module.js';
import { catalogueOf } from '../../src/platform/public-events/catalogue.js';

const table = /<!-- types -->[^]*<!-- \/types -->/;

const articleOf = (resource: string): string => (/^[AEIOU]/.test(resource) ? 'an' : 'a');

/** `docs/events.md` with the types that the service has. */
export const eventsPage = async (): Promise<string> => {
  const types = catalogueOf(AppModule.publicEventsOf(readConfig({}))).map(
    ({ type, description, data: { resource, more } }) =>
      `- **\`${type}\`**: ${description} \`data\` is ${articleOf(resource)} \`${resource}\`${more.length > 0 ? ` with ${more.map((field) => `\`${field}\``).join(', ')}` : ''}.`,
  );
  const page = await readFile('docs/events.md', 'utf8');
  return page.replace(table, () => `<!-- types -->\n\n${types.join('\n')}\n\n<!-- /types -->`);
};
