// @ts-check
// The geometry of a lasso or box while it is drawn, without any plot: corners on the page, and the shape they
// make.

import { clamp } from "./format.js";

/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./types.js").PointerPlace} PointerPlace */
/** @typedef {{ left: number, right: number, top: number, bottom: number }} Area */

const STEP_PIXELS = 3; // a lasso gets a corner for each step of the mouse that is at least so long

/**
 * @param {PointerPlace} at
 * @param {Area} area
 * @returns {PointerPlace} the place of the area that is nearest to the pointer
 */
export const inside = (at, area) => ({
  clientX: clamp(at.clientX, area.left, area.right),
  clientY: clamp(at.clientY, area.top, area.bottom),
});

/**
 * The corners after the pointer has moved: of a box four of them, of a lasso one more.
 * @param {string} tool "box" or "lasso"
 * @param {PointerPlace[]} corners at least one
 * @param {PointerPlace} at
 * @returns {PointerPlace[]}
 */
export function drawnOn(tool, corners, at) {
  if (tool === "box") return rectangle(corners[0], at);
  const last = corners[corners.length - 1];
  const step = Math.hypot(at.clientX - last.clientX, at.clientY - last.clientY);
  return step >= STEP_PIXELS ? [...corners, at] : corners;
}

/**
 * @param {PointerPlace} a
 * @param {PointerPlace} b
 * @returns {PointerPlace[]} the corners of a box in a round; the third is `b`
 */
const rectangle = (a, b) => [
  a,
  { clientX: b.clientX, clientY: a.clientY },
  b,
  { clientX: a.clientX, clientY: b.clientY },
];

/**
 * @param {PointerPlace[]} corners
 * @param {{ left: number, top: number }} home what the drawing lies over
 * @returns {string} the path of the outline in pixels of the drawing, "" for fewer than two corners
 */
export function outlinePath(corners, home) {
  if (corners.length < 2) return "";
  const places = corners.map((at) => [at.clientX - home.left, at.clientY - home.top]);
  return `M${places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")}Z`;
}

/**
 * @param {string} tool "box" or "lasso"
 * @param {Point[]} places the corners, in coordinates of the map
 * @returns {{ shape: string, corners: Float64Array<ArrayBuffer> } | null} what Python reads: x and y of each
 * corner of a lasso, of the first and third of a box; null where it has no area
 */
export function shapeOf(tool, places) {
  if (places.length < 3) return null;
  const kept = tool === "box" ? [places[0], places[2]] : places;
  return { shape: tool, corners: Float64Array.from(kept.flatMap(({ x, y }) => [x, y])) };
}
