/**
 * What something leads to in the end; `leads` says where each leads. Where some lead to each other in a circle, all of them agree on the
 * one with the smallest id.
 */
export const rootOf = (start: string, leads: ReadonlyMap<string, string>): string => {
  const path = [start];
  for (let last = start; ;) {
    const next = leads.get(last);
    if (next === undefined || next === last) return last;
    const circle = path.includes(next) ? path.slice(path.indexOf(next)) : [];
    if (circle.length > 0) return circle.reduce((one, other) => (one < other ? one : other));
    path.push(next);
    last = next;
  }
};
