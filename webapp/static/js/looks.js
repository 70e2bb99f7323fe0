// @ts-check
/** What is drawn where a plan says nothing of it: the table of layers/plan/looks.py, handed to the page. */

/**
 * @typedef {{width: number | null, opacity: number, fill_opacity: number, feather: number}} Unsure
 * @typedef {{color: string, radius: number, usual: Record<string, {width: number, fill_opacity: number}>, positions: string[], unsure: Record<string, Record<string, Unsure>>, answers: Record<string, string>, site: string, older: string}} Looks
 */

/** @type {Looks} */
let table;

/** @param {Looks} handed */
export function useLooks(handed) {
  table = handed;
}

export const looks = () => table;
