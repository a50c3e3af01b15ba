// @ts-check
// Boxes over pictures: a drawing of the picture's own shape, which fits into a frame as `object-fit: contain`
// fits the picture; and the arithmetic of boxes that are drawn and moved.

import { svg } from "./dom.js";
import { clamp } from "./format.js";

/** @typedef {import("./types.js").Box} Box */
/** @typedef {import("./types.js").Pair} Pair */

const SIDES = /** @type {const} */ (["x", "y", "width", "height"]);
const LAYERS = ["wb-dark", "wb-bright"]; // a dark line below the bright one: seen on any photo
const THIRDS = /** @type {const} */ ([
  ["upper", "middle", "lower"],
  ["left", "centre", "right"],
]);

/**
 * @param {Box} box as shares of the sides
 * @param {Pair} shape width and height of the picture
 * @returns {SVGSVGElement} a drawing to lay over the picture
 */
export function boxOver(box, shape) {
  const sides = Object.fromEntries(SIDES.map((side, i) => [side, box[i] * shape[i % 2]]));
  const layers = LAYERS.map((layer) => svg("rect", { class: layer, ...sides }));
  return svg(
    "svg",
    { class: "wb-over", viewBox: `0 0 ${shape[0]} ${shape[1]}`, "aria-hidden": "true" },
    ...layers,
  );
}

/**
 * @param {Box} box as shares of the sides
 * @returns {string} where the middle of the box is, in words: "upper left"
 */
export function inWords([x, y, width, height]) {
  const middle = [y + height / 2, x + width / 2];
  return middle.map((at, i) => THIRDS[i][Math.min(2, Math.floor(3 * at))]).join(" ");
}

/**
 * @param {Pair} a
 * @param {Pair} b
 * @returns {Box} the box that has these two corners, in the same unit
 */
export const boxBetween = (a, b) => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.abs(a[0] - b[0]),
  Math.abs(a[1] - b[1]),
];

/**
 * Move a box, or only its lower right corner, by a step along an arrow key; it stays within the picture.
 * @param {Box} box
 * @param {Pair} shape width and height of the picture
 * @param {string} key ArrowLeft, ArrowRight, ArrowUp or ArrowDown
 * @param {boolean} corner
 * @param {number} step
 * @returns {Box}
 */
export function nudged(box, shape, key, corner, step) {
  const axis = Number(key === "ArrowUp" || key === "ArrowDown");
  const sign = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
  const next = /** @type {Box} */ ([...box]);
  if (corner)
    next[axis + 2] = Math.min(Math.max(next[axis + 2] + sign * step, step), shape[axis] - next[axis]);
  else next[axis] = clamp(next[axis] + sign * step, 0, shape[axis] - next[axis + 2]);
  return next;
}
