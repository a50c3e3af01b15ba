// @ts-check
// What part of the world a map shows: the Mercator square, one unit wide, with its middle at (0, 0) and north
// up.

import { clamp } from "./format.js";

/** @typedef {import("./types.js").Pair} Pair */

const AROUND = 40075016.7; // metres around the equator
const LEAST = 40; // pixels that the width of the world takes
const MOST = 6e7;
const SCALE_BAR_PIXELS = 100;

/**
 * @param {() => Pair} size width and height of the map in pixels
 */
export function worldView(size) {
  const view = { x: 0, y: 0, scale: 900 }; // the middle, and how many pixels the width of the world takes

  /** @type {(x: number, y: number) => Pair} pixels from the upper left */
  const toScreen = (x, y) => {
    const [width, height] = size();
    return [width / 2 + (x - view.x) * view.scale, height / 2 - (y - view.y) * view.scale];
  };

  /** @type {(left: number, top: number) => Pair} */
  const toWorld = (left, top) => {
    const [width, height] = size();
    return [view.x + (left - width / 2) / view.scale, view.y - (top - height / 2) / view.scale];
  };

  /**
   * Look elsewhere; the middle stays in the world.
   * @param {{ x?: number, y?: number, scale?: number }} to
   */
  function look({ x = view.x, y = view.y, scale = view.scale }) {
    view.scale = clamp(scale, LEAST, MOST);
    view.x = clamp(x, -0.5, 0.5);
    view.y = clamp(y, -0.5, 0.5);
  }

  /**
   * Zoom around a place that stays where it is; the middle, where none is named.
   * @param {number} factor
   * @param {number} left
   * @param {number} top
   */
  function zoom(factor, left = size()[0] / 2, top = size()[1] / 2) {
    const [x, y] = toWorld(left, top);
    look({ scale: view.scale * factor });
    const [u, v] = toWorld(left, top);
    look({ x: view.x + x - u, y: view.y + y - v });
  }

  /**
   * Move by so many pixels to the right and up.
   * @param {number} right
   * @param {number} up
   */
  const move = (right, up) => look({ x: view.x + right / view.scale, y: view.y + up / view.scale });

  return { view, toScreen, toWorld, look, zoom, move };
}

/**
 * A round length that fits into the scale bar.
 * @param {{ y: number, scale: number }} view
 * @returns {{ metres: number, pixels: number }}
 */
export function scaleBar({ y, scale }) {
  const latitude = 2 * Math.atan(Math.exp(2 * Math.PI * y)) - Math.PI / 2;
  const room = (SCALE_BAR_PIXELS * AROUND * Math.cos(latitude)) / scale;
  const power = 10 ** Math.floor(Math.log10(room));
  const metres = power * ([5, 2, 1].find((n) => n * power <= room) ?? 1);
  return { metres, pixels: (SCALE_BAR_PIXELS * metres) / room };
}

/**
 * The level and the numbers of the tiles that cover a map.
 * @param {{ scale: number }} view
 * @param {Pair} from the upper left corner of the map
 * @param {Pair} to the lower right one
 * @returns {{ z: number, count: number, columns: Pair, rows: Pair }} `count` tiles make the width of the
 *   world; first and last
 */
export function tilesOf({ scale }, [west, north], [east, south]) {
  const z = clamp(Math.round(Math.log2(scale / 256)), 0, 19);
  const count = 2 ** z;
  const within = (/** @type {number} */ n) => clamp(Math.floor(n * count), 0, count - 1);
  return {
    z,
    count,
    columns: [within(west + 0.5), within(east + 0.5)],
    rows: [within(0.5 - north), within(0.5 - south)],
  };
}
