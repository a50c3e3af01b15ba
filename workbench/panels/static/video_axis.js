// @ts-check
// A video as numbers: times as people read them, frames and pieces on its axis, the score curve as a path.

import { clamp } from "./format.js";

export const WIDE = 1000; // units of the drawing of the curve, however wide it is on the page
export const HIGH = 64;
const NEAR = 1e-4; // seconds: two times of one frame
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];

/**
 * @param {number} seconds
 * @param {boolean} [exact] whether with milliseconds
 * @returns {string} h:mm:ss.mmm, or m:ss
 */
export function timecode(seconds, exact = true) {
  const all = Math.round(Math.max(0, seconds) * 1000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const whole = Math.floor(all / 1000);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (exact) return `${hours}:${two(minutes)}:${two(rest)}.${String(all % 1000).padStart(3, "0")}`;
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/**
 * @param {number} duration seconds
 * @param {number} most how many marks there is room for
 * @returns {[number, string][]} where a mark stands, a share of the axis, and what it says
 */
export function ticks(duration, most) {
  if (!(duration > 0)) return [];
  const step = STEPS.find((one) => duration / one <= most) ?? 3600 * Math.ceil(duration / 3600 / most);
  const marks = [];
  for (let n = 0; n * step < duration - step * 0.3; n++) {
    const at = n * step;
    const text = step < 1 ? `${timecode(at, false)}.${Math.round((at % 1) * 10)}` : timecode(at, false);
    marks.push(/** @type {[number, string]} */ ([at / duration, text]));
  }
  return marks;
}

/**
 * The scores of frames that each hold until the next one.
 * @param {number[]} times of the frames, in order
 * @param {(number | null)[]} scores of each, null where it was not looked at
 * @param {{ low: number, high: number, duration: number }} scale
 * @returns {{ line: string, area: string }} two paths
 */
export function curvePath(times, scores, { low, high, duration }) {
  const x = (/** @type {number} */ t) => ((WIDE * clamp(t, 0, duration)) / (duration || 1)).toFixed(2);
  const y = (/** @type {number} */ score) =>
    (HIGH - 2 - (HIGH - 6) * clamp((score - low) / (high - low || 1), 0, 1)).toFixed(2);
  let line = "";
  let area = "";
  let open = false;
  times.forEach((t, i) => {
    const score = scores[i];
    if (score == null) {
      open = false;
      return;
    }
    const until = times[i + 1] ?? Math.max(duration, t);
    line += `${open ? "L" : "M"}${x(t)},${y(score)}H${x(until)}`;
    area += `M${x(t)},${HIGH}V${y(score)}H${x(until)}V${HIGH}Z`;
    open = true;
  });
  return { line, area };
}

/**
 * @param {number} t
 * @param {number} length of a piece
 * @param {number} duration
 * @returns {number} the piece that a time is in
 */
export const pieceOf = (t, length, duration) =>
  clamp(Math.floor((t + NEAR) / length), 0, Math.max(0, Math.ceil(duration / length - NEAR) - 1));

/**
 * The pieces that should be there, the most wanted first.
 * @param {number} t
 * @param {number} way 1 forward, -1 backward, 0 standing
 * @param {{ length: number, duration: number, has: (piece: number) => boolean, ahead?: number }} pieces
 */
export function wantedPieces(t, way, { length, duration, has, ahead = 2 }) {
  const here = pieceOf(t, length, duration);
  const last = pieceOf(duration, length, duration);
  const wanted = [here];
  for (let n = 1; n <= (way ? ahead : 1); n++) wanted.push(here + (way < 0 ? -n : n));
  return wanted.filter((piece) => piece >= 0 && piece <= last && !has(piece));
}

/**
 * All times of frames that are known, in order and each once.
 * @param {number[][]} lists
 */
export function mergedTimes(lists) {
  const all = lists.flat().sort((a, b) => a - b);
  return all.filter((t, i) => i === 0 || t - all[i - 1] > NEAR);
}

/**
 * @param {number[]} times of frames, in order
 * @param {number} t
 * @returns {number} which frame is seen at a time; -1 before the first
 */
export function frameAt(times, t) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t + NEAR) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * The time of the frame some steps from the one seen.
 * @param {number[]} times of frames that are known
 * @param {number} t
 * @param {number} steps
 * @param {{ fps: number, duration: number }} video
 */
export function stepFrom(times, t, steps, { fps, duration }) {
  const here = frameAt(times, t);
  const there = times[here + steps];
  const length = 1 / (fps || 25);
  const known = here >= 0 && there != null && Math.abs(there - t) < Math.max(2, 4 * Math.abs(steps) * length);
  const at = known ? there : t + steps * length;
  return clamp(at, 0, Math.max(0, duration - NEAR));
}

/**
 * What J and L make of the speed: each press in one direction doubles it, the other direction begins anew.
 * @param {number} speed now; negative is backward, 0 stands
 * @param {number} way 1 or -1
 */
export const faster = (speed, way) => (speed * way > 0 ? clamp(speed * 2, -8, 8) : way);
