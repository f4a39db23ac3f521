import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from '#config';
import { AppModule } from '../../src/app.module.js';
import { describedWebhooks } from '../../src/platform/openapi/webhooks.js';
import { catalogueOf } from '../../src/platform/public-events/catalogue.js';
import { eventsPage } from './event-types.js';

const catalogue = catalogueOf(AppModule.publicEventsOf(readConfig({})));

describe('the events', () => {
  it('are all in docs/events.md: `npm run events` writes them', async () => {
    expect(await readFile('docs/events.md', 'utf8')).toBe(await eventsPage());
  });

  it('are each of one kind of resource, which has a name', () => {
    const types = catalogue.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['message.received', 'session.connected', 'call.offered']));
    expect(new Set(types).size).toBe(types.length);
    expect(catalogue.filter(({ data }) => data.resource === '')).toEqual([]);
  });

  it('are in the OpenAPI document as webhooks, with schemas that are all there', () => {
    const { webhooks, components } = describedWebhooks(catalogue);
    expect(Object.keys(webhooks)).toEqual(catalogue.map(({ type }) => type));
    const text = JSON.stringify({ webhooks, components });
    const named = Array.from(text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g), ([, name]) => name);
    expect(named.length).toBeGreaterThan(10);
    expect([...new Set(named)].filter((name) => !Object.hasOwn(components, name ?? ''))).toEqual([]);
    expect(text).not.toContain('$defs');
  });
});
