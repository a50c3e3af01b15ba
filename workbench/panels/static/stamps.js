// @ts-check
// Marks of points as pixels of a picture in memory. A canvas would draw them too, but a browser without a
// graphics card would wait for all points before it is read.

import { clamp } from "./format.js";

/**
 * @typedef {{ side: number, cover: Float32Array }} Stamp a square picture: the cover [0, 1] of its pixels,
 *   row by row
 */
/** @typedef {[number, number, number]} Rgb */
/** @typedef {{ data: Uint8ClampedArray, width: number, height: number }} Picture */
/** @typedef {(stamp: Stamp, x: number, y: number, colour: Rgb) => void} Print */

/**
 * @param {{ byteLength: number, getUint8(at: number): number }} bytes
 * @returns {number[]} which bits are set, the lowest of each byte first
 */
export function positions(bytes) {
  const found = [];
  for (let i = 0; i < bytes.byteLength; i++) {
    for (let byte = bytes.getUint8(i), bit = 0; byte; byte >>= 1, bit++)
      if (byte & 1) found.push(8 * i + bit);
  }
  return found;
}

/**
 * @param {number} reach pixels from the middle of the mark to its edge
 * @param {(x: number, y: number) => number} depth how deep in the mark a place is, in pixels from its middle
 * @returns {Stamp}
 */
function stamp(reach, depth) {
  const half = Math.ceil(reach + 0.5);
  const side = 2 * half + 1;
  const cover = Float32Array.from({ length: side * side }, (_, i) =>
    clamp(depth((i % side) - half, Math.floor(i / side) - half) + 0.5, 0, 1),
  );
  return { side, cover };
}

/** @param {number} radius in pixels */
export const disc = (radius) => stamp(radius, (x, y) => radius - Math.hypot(x, y));

/** @param {number} ratio pixels of the picture for one of the page */
export const ringed = (ratio) =>
  stamp(12 * ratio, (x, y) => 1.5 * ratio - Math.abs(Math.hypot(x, y) - 10 * ratio));

/** @param {number} ratio pixels of the picture for one of the page */
export const crossed = (ratio) =>
  stamp(3.4 * ratio, (x, y) =>
    Math.min(ratio - Math.abs(Math.abs(x) - Math.abs(y)) / Math.SQRT2, 3.4 * ratio - Math.abs(x)),
  );

/**
 * @param {Picture} picture what is printed on, RGBA
 * @param {[number, number]} x what part of the map it shows
 * @param {[number, number]} y
 * @returns {Print} what puts a stamp on a place of the map
 */
export function printer({ data, width, height }, x, y) {
  const right = width / (x[1] - x[0]);
  const up = height / (y[1] - y[0]);
  return ({ side, cover }, at, above, [red, green, blue]) => {
    const left = Math.round((at - x[0]) * right - side / 2);
    const top = Math.round((y[1] - above) * up - side / 2);
    for (let row = Math.max(0, -top); row < Math.min(side, height - top); row++) {
      for (let column = Math.max(0, -left); column < Math.min(side, width - left); column++) {
        const own = cover[row * side + column];
        if (!own) continue;
        const i = 4 * ((top + row) * width + left + column);
        const below = (data[i + 3] / 255) * (1 - own);
        const whole = own + below;
        data[i] = (red * own + data[i] * below) / whole;
        data[i + 1] = (green * own + data[i + 1] * below) / whole;
        data[i + 2] = (blue * own + data[i + 2] * below) / whole;
        data[i + 3] = 255 * whole;
      }
    }
  };
}

/**
 * Print one stamp on each place of a buffer of float32 x, y.
 * @param {Print} print
 * @param {DataView} bytes
 * @param {Stamp} mark
 * @param {Rgb} colour
 */
export function printPlaces(print, bytes, mark, colour) {
  for (let i = 0; i + 8 <= bytes.byteLength; i += 8) {
    print(mark, bytes.getFloat32(i, true), bytes.getFloat32(i + 4, true), colour);
  }
}
