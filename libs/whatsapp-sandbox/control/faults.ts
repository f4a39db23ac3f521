import type { z } from 'zod';
import { faultKinds, type FaultKind } from '../faults.js';
import type { MediaFault } from '../media/index.js';
import type { Sandbox } from '../sandbox.js';
import { parseNumber } from './context.js';
import { ControlError } from './problem.js';
import type { faultRule, FaultView, mediaFaultKinds } from './schemas/fault.js';

type Rule = z.output<typeof faultRule>;
type MediaFaultKind = (typeof mediaFaultKinds)[number];

const isSandboxRule = (rule: Rule): rule is Rule & { kind: FaultKind } =>
  (faultKinds as readonly string[]).includes(rule.kind);

/** The API shows one list of faults; the sandbox keeps those of the media server separately. */
export function addFault(sandbox: Sandbox, rule: Rule): FaultView {
  if (isSandboxRule(rule)) {
    const { number } = rule;
    return sandbox.faults.add({ ...rule, ...(number !== undefined && { number: parseNumber(number) }) });
  }
  const { count = 1, code = 500 } = rule;
  if (rule.number !== undefined)
    throw new ControlError(400, 'invalid_argument', `${rule.kind} does not support a number`);
  if (code < 400 || code > 599) throw new ControlError(400, 'invalid_argument', 'code must be between 400 and 599');
  const [on, what] = rule.kind.split('-') as [MediaFault['on'], 'error' | 'hang' | 'cut'];
  sandbox.mediaFaults.add(what === 'error' ? { on, kind: 'status', status: code, count } : { on, kind: what, count });
  return { ...rule, remaining: count };
}

export const listFaults = (sandbox: Sandbox): FaultView[] => [
  ...sandbox.faults.list(),
  ...sandbox.mediaFaults.waiting().map(viewOfMediaFault),
];

const viewOfMediaFault = (fault: MediaFault): FaultView => ({
  kind: `${fault.on}-${fault.kind === 'status' ? 'error' : fault.kind}` satisfies MediaFaultKind,
  ...(fault.kind === 'status' && { code: fault.status }),
  remaining: fault.count,
});

export function clearFaults(sandbox: Sandbox): void {
  sandbox.faults.clear();
  sandbox.mediaFaults.clear();
}
