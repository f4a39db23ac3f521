import type { z } from 'zod';
import { FAULT_KINDS, type FaultKind } from '../faults.js';
import type { MediaFault } from '../media/index.js';
import type { Sandbox } from '../sandbox.js';
import { plainNumber } from './context.js';
import { Refusal } from './problem.js';
import type { faultRule, FaultView, MEDIA_FAULT_KINDS } from './schemas/fault.js';

type Rule = z.output<typeof faultRule>;
type MediaFaultKind = (typeof MEDIA_FAULT_KINDS)[number];

const isOfConnections = (rule: Rule): rule is Rule & { kind: FaultKind } =>
  (FAULT_KINDS as readonly string[]).includes(rule.kind);

/** The sandbox has one list for connections and messages, and one for uploads and downloads; here they are one. */
export function addFault(sandbox: Sandbox, rule: Rule): FaultView {
  if (isOfConnections(rule)) {
    const { number } = rule;
    return sandbox.faults.add({ ...rule, ...(number !== undefined && { number: plainNumber(number) }) });
  }
  const { count = 1, code = 500 } = rule;
  if (rule.number !== undefined) throw new Refusal(400, 'invalid_argument', `${rule.kind} cannot tell phones apart`);
  if (code < 400 || code > 599) throw new Refusal(400, 'invalid_argument', 'code must be between 400 and 599');
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
