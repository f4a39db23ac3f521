import { Transient } from '#lib/async';

/** A view does not show yet what must not be missing from an answer. */
export class ViewBehind extends Transient {
  override readonly name = 'ViewBehind';
  constructor(view: string) {
    super(`The view ${view} is behind the log`);
  }
}
