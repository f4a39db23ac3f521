import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { figures } from './figures.js';
import type { Figure, Measured } from './harness.js';
import { heading, lines } from './table.js';

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'string' }, list: { type: 'boolean' } },
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

const main = async (): Promise<void> => {
  if (options.list)
    return figures.forEach(({ name, product, floor }) => print(`${name.padEnd(30)} ${product} : ${floor}`));
  const chosen = figures.filter(({ name }) => options.only === undefined || name === options.only);
  if (chosen.length === 0) throw new Error(`There is no figure ${options.only}; --list names them`);
  print(heading());
  const results: object[] = [];
  for (const figure of chosen) {
    const measured = await figure.run();
    for (const line of lines(figure, measured)) print(line);
    results.push(entry(figure, measured));
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
};

await main();
