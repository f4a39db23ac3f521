import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startScaledServers } from '../support/scaled-servers.js';
import { figures } from './figures.js';
import type { Figure, Measured } from './harness.js';
import { heading, lines } from './table.js';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'string' },
    list: { type: 'boolean' },
    /** `scaled`: the figures of the service also with all stores on servers, beside the embedded ones. */
    stores: { type: 'string', default: 'embedded' },
  },
});

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const entry = ({ name, aim, unit }: Figure, { ratio, floor, value }: Measured) => ({
  name,
  ratio,
  aim,
  floor,
  value,
  unit,
});

const results: object[] = [];

const measure = async (figure: Figure): Promise<void> => {
  const measured = await figure.run();
  for (const line of lines(figure, measured)) print(line);
  results.push(entry(figure, measured));
};

/** The service finds the servers as tests do: see `serverVariables`. */
const measureScaled = async (figure: Figure): Promise<void> => {
  const servers = await startScaledServers();
  try {
    Object.assign(process.env, servers.variables);
    await measure({ ...figure, name: `${figure.name} scaled`, product: `${figure.product}, all stores on servers` });
  } finally {
    for (const name of Object.keys(servers.variables)) delete process.env[name];
    await servers.end();
  }
};

const main = async (): Promise<void> => {
  if (options.list)
    return figures.forEach(({ name, product, floor }) => print(`${name.padEnd(30)} ${product} : ${floor}`));
  if (!['embedded', 'scaled'].includes(options.stores)) throw new Error('--stores is embedded or scaled');
  const chosen = figures.filter(({ name }) => options.only === undefined || name === options.only);
  if (chosen.length === 0) throw new Error(`There is no figure ${options.only}; --list names them`);
  print(heading());
  for (const figure of chosen) {
    await measure(figure);
    if (options.stores === 'scaled' && figure.isOfService) await measureScaled(figure);
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
};

await main();
