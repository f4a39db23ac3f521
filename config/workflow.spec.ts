import { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

const name = '.github/workflows/ci.yml';

/** What GitHub's own parser finds wrong with a workflow. */
const problemsOf = async (content: string): Promise<readonly string[]> => {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value); // which adds to the errors
  return context.errors.getErrors().map(({ message }) => message);
};

describe('the workflow of GitHub Actions', () => {
  const workflow = readFileSync(name, 'utf8');

  it("has no fault that GitHub's own parser knows", async () => {
    expect(await problemsOf(workflow)).toEqual([]);
  });

  it('would be refused with a key or an expression that GitHub does not know', async () => {
    expect(await problemsOf(workflow.replace('runs-on:', 'runs-upon:'))).not.toEqual([]);
    expect(await problemsOf(workflow.replace('matrix.node }}-bookworm', 'matrices.node }}-bookworm'))).not.toEqual([]);
  });
});
