import { DockerfileParser } from 'dockerfile-ast';
import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Stages are of one file system, and none changes a file of another: links cost nothing. */
const link = (from: string, to: string) =>
  promisify(execFile)('cp', ['--archive', '--link', '--no-target-directory', from, to]);

/** What Docker would make of a Dockerfile, as a directory. */
export type Image = {
  /** Its root directory. */
  readonly root: string;
  readonly workdir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
};

type Options = {
  /** What `.dockerignore` lets through. */
  readonly context: string;
  /** An empty directory for the stages. */
  readonly into: string;
  /** Does what a RUN says in a stage. */
  readonly run: (command: string, stage: { readonly root: string; readonly workdir: string }) => Promise<void>;
};

/** Does the steps of a Dockerfile without Docker; the base image is an empty directory. Answers its last stage. */
export const doSteps = async (dockerfile: string, { context, into, run }: Options): Promise<Image> => {
  const stages = new Map<string, Image>();
  let stage = newStage('');
  for (const instruction of DockerfileParser.parse(await readFile(dockerfile, 'utf8')).getInstructions()) {
    const text = instruction.getTextContent().slice(instruction.getInstruction().length).trim();
    const here = join(stage.root, stage.workdir);
    switch (instruction.getKeyword()) {
      case 'FROM': {
        const [base = '', , name = 'image'] = text.split(/\s+/);
        const made = { ...(stages.get(base) ?? newStage('')), root: join(into, name) };
        await mkdir(made.root);
        const from = stages.get(base);
        if (from) await link(from.root, made.root);
        stage = made;
        break;
      }
      case 'WORKDIR':
        stage = { ...stage, workdir: text };
        await mkdir(join(stage.root, text), { recursive: true });
        break;
      case 'COPY': {
        const words = text.split(/\s+/);
        const from = words[0]?.startsWith('--from=')
          ? stages.get(words.shift()?.slice('--from='.length) ?? '')
          : undefined;
        const target = words.pop() ?? '';
        for (const source of words) {
          const path = target.endsWith('/') ? join(here, target, source) : join(here, target);
          await link(join(from?.root ?? context, source), path);
        }
        break;
      }
      case 'RUN':
        await run(text.replaceAll(/\\\n/g, ''), stage);
        break;
      case 'ENV':
        stage = { ...stage, environment: { ...stage.environment, ...pairs(text) } };
        break;
      case 'USER':
        stage = { ...stage, user: text };
        break;
      case 'ENTRYPOINT':
        stage = { ...stage, entrypoint: JSON.parse(text) as string[] };
        break;
      case 'CMD':
        stage = { ...stage, command: JSON.parse(text) as string[] };
        break;
      case 'HEALTHCHECK':
        stage = { ...stage, healthCheck: JSON.parse(text.slice(text.indexOf('['))) as string[] };
        break;
      case 'LABEL':
      case 'VOLUME':
      case 'EXPOSE':
        break; // change nothing in the files
      default:
        throw new Error(`${dockerfile} has an instruction that is not known here: ${instruction.getKeyword()}`);
    }
    stages.set(stage.root.slice(into.length + 1), stage);
  }
  return stage;
};

const newStage = (root: string): Image => ({
  root,
  workdir: '/',
  environment: {},
  user: 'root',
  entrypoint: [],
  command: [],
  healthCheck: [],
});

const pairs = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(text.split(/\s+/).map((pair) => pair.split('=', 2) as [string, string]));
