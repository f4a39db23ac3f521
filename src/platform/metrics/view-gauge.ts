import type { Collection, Fields, Where } from '#lib/read-models';

/** What monitoring is told of a view: how many of its documents there are of each kind. */
export type ViewGauge<Doc extends Fields = Fields> = {
  /** `waybill_…` */
  readonly name: string;
  /** What is counted: a sentence. */
  readonly help: string;
  readonly label: string;
  readonly of: Collection<Doc>;
  /** Which documents count for each value of the label, found by an index. Few values: none is somebody's id, number or name. */
  readonly values: { readonly [value: string]: Where<Doc> };
};

export const viewGauge = <Doc extends Fields>(gauge: ViewGauge<Doc>): ViewGauge => gauge as unknown as ViewGauge;
