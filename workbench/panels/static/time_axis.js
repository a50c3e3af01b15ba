// @ts-check
// The timeline as numbers: which bar a place is in, how bars are drawn, and what is told of a span of them.

import { clamp, number, plural } from "./format.js";

export const WIDE = 1000; // units of the drawing, however wide it is on the page
export const HIGH = 120;

/**
 * One layer of bars; what is not empty can be seen.
 * @param {number[]} counts
 * @param {number} top the count of a bar of full height
 * @param {boolean} log whether bars grow with the logarithm
 * @param {boolean} narrow whether they stand in the middle of wider ones
 * @returns {string} the path
 */
export function barsPath(counts, top, log, narrow) {
  const step = WIDE / counts.length;
  const gap = step * (narrow ? 0.5 : step > 3 ? 0.12 : 0);
  const high = (/** @type {number} */ n) => HIGH * (log ? Math.log1p(n) / Math.log1p(top) : n / top);
  const bar = (/** @type {number} */ n, /** @type {number} */ i) => {
    const left = (i * step + gap / 2).toFixed(2);
    return `M${left},${HIGH}v${(-Math.max(high(n), 2)).toFixed(2)}h${(step - gap).toFixed(2)}V${HIGH}Z`;
  };
  return counts.map((n, i) => (n ? bar(n, i) : "")).join("");
}

/**
 * @param {number} first
 * @param {number} last in any order
 * @returns {[number, number]}
 */
const ordered = (first, last) => [Math.min(first, last), Math.max(first, last)];

/**
 * @param {number} first a bar, below 0 for none
 * @param {number} last a bar, in any order
 * @param {number} count of all bars
 * @returns {string} the path of what covers a span of bars
 */
export function spanPath(first, last, count) {
  if (first < 0) return "";
  const step = WIDE / count;
  const [low, high] = ordered(first, last);
  return `M${low * step},0H${(high + 1) * step}V${HIGH}H${low * step}Z`;
}

/**
 * @param {number} share where in the plot, 0 at its left and 1 at its right edge; it may lie beyond
 * @param {number} count of bars
 * @returns {number} the bar there, or the nearest
 */
export const barAt = (share, count) => clamp(Math.floor(share * count), 0, count - 1);

/**
 * Where a key leads the cursor.
 * @param {string} key
 * @param {number} cursor the bar it stands on, below 0 for none
 * @param {number} count of bars
 * @returns {number | null} null: the key moves nothing
 */
export function cursorAfter(key, cursor, count) {
  /** @type {Record<string, number>} */
  const places = {
    ArrowRight: cursor + 1,
    ArrowLeft: (cursor < 0 ? count : cursor) - 1,
    Home: 0,
    End: count - 1,
  };
  return key in places ? clamp(places[key], 0, count - 1) : null;
}

/**
 * @param {{ names: string[], all: number[], hits?: number[] | null, selected?: number[] | null }} bars names
 *   and counts
 * @param {number} first
 * @param {number} last in any order
 * @returns {string} what there is in a span of bars
 */
export function spanText({ names, all, hits, selected }, first, last = first) {
  const [low, high] = ordered(first, last);
  const sum = (/** @type {number[]} */ counts) =>
    counts.slice(low, high + 1).reduce((total, n) => total + n, 0);
  const name = low === high ? names[low] : `${names[low]} to ${names[high]}`;
  const parts = [`${name}: ${plural(sum(all), "image")}`];
  if (hits) parts.push(`${number(sum(hits))} hits`);
  if (selected) parts.push(`${number(sum(selected))} selected`);
  return parts.join(", ");
}
