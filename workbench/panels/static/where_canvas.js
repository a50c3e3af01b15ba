// @ts-check
// The canvas of places: land, borders, tiles where the analyst named a server, and circles of images.

import { number } from "./format.js";
import { scaleBar, tilesOf, worldView } from "./world_view.js";

/** @typedef {import("./types.js").Pair} Pair */
/**
 * @typedef {Record<"land" | "border" | "coast" | "image" | "dimmed" | "hit" | "selected" | "halo" | "text" |
 *   "ring", string>} Looks
 */

const CIRCLE = 5; // numbers a circle: x, y, images, hits, selected
const KEPT_TILES = 400;
const LOOKS = ["land", "border", "coast", "image", "dimmed", "hit", "selected", "halo", "text", "ring"];

/**
 * @param {DataView} bytes float32 x, y of corners on the Mercator square
 * @param {number[]} ends the corners at which lines end
 * @param {boolean} closed
 * @returns {Path2D}
 */
export function lines(bytes, ends, closed) {
  const at = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const path = new Path2D();
  let start = 0;
  for (const end of ends) {
    for (let i = start; i < end; i++) path[i === start ? "moveTo" : "lineTo"](at[2 * i], at[2 * i + 1]);
    if (closed) path.closePath();
    start = end;
  }
  return path;
}

/**
 * Keeps what is looked at, and draws it.
 * @param {HTMLCanvasElement} canvas
 * @param {() => void} changed called when a tile has come
 */
export function worldMap(canvas, changed) {
  /** @type {() => Pair} */
  const size = () => [canvas.clientWidth, canvas.clientHeight];
  const world = worldView(size);
  const { view, toScreen, toWorld } = world;
  /** @type {Map<string, HTMLImageElement>} */
  const tiles = new Map();
  // in memory: without a graphics card a browser strokes 80,000 corners in 1.8 s on its emulated one, here in
  // 12 ms
  const context = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true })
  );
  /** @type {{ coasts: Path2D, borders: Path2D } | null} */
  let land = null;
  let server = "";
  let came = 0;
  let failed = 0;

  const radius = (/** @type {number} */ count) => 3.5 + 2.4 * Math.log10(Math.max(count, 1));

  /** @param {string} url */
  function tileAt(url) {
    const known = tiles.get(url);
    if (known) return known;
    const tile = new Image();
    tile.onload = () => {
      came++;
      changed();
    };
    tile.onerror = () => {
      failed++;
      changed();
    };
    tile.src = url;
    tiles.set(url, tile);
    if (tiles.size > KEPT_TILES) tiles.delete(/** @type {string} */ (tiles.keys().next().value));
    return tile;
  }

  /** @param {string} address with {z}, {x} and {y} */
  function drawTiles(address) {
    const { z, count, columns, rows } = tilesOf(view, toWorld(0, 0), toWorld(...size()));
    const side = view.scale / count;
    for (let x = columns[0]; x <= columns[1]; x++) {
      for (let y = rows[0]; y <= rows[1]; y++) {
        const url = address.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
        const tile = tileAt(url);
        const [left, top] = toScreen(x / count - 0.5, 0.5 - y / count);
        if (tile.complete && tile.naturalWidth) context.drawImage(tile, left, top, side + 0.5, side + 0.5);
      }
    }
  }

  /**
   * @param {{ coasts: Path2D, borders: Path2D }} land
   * @param {Looks} looks
   * @param {number} ratio
   */
  function drawLand({ coasts, borders }, looks, ratio) {
    const [left, top] = toScreen(0, 0);
    context.save();
    context.setTransform(view.scale * ratio, 0, 0, -view.scale * ratio, left * ratio, top * ratio);
    context.fillStyle = looks.land;
    context.fill(coasts, "evenodd");
    context.lineWidth = 1 / view.scale;
    context.strokeStyle = looks.border;
    context.stroke(borders);
    context.strokeStyle = looks.coast;
    context.stroke(coasts);
    context.restore();
  }

  /**
   * @param {Float64Array} circles
   * @param {Looks} looks
   * @param {boolean} some
   */
  function drawCircles(circles, looks, some) {
    /**
     * @type {[number, string, number][]} which number of a circle counts, its colour, how large beside the
     *   others
     */
    const layers = [
      [2, some ? looks.dimmed : looks.image, 1],
      [4, looks.selected, 1],
      [3, looks.hit, 0.6],
    ];
    for (const [column, colour, share] of layers) {
      context.beginPath();
      for (let i = 0; i < circles.length; i += CIRCLE) {
        if (!circles[i + column]) continue;
        const [left, top] = toScreen(circles[i], circles[i + 1]);
        const size = radius(circles[i + column]) * share;
        context.moveTo(left + size, top);
        context.arc(left, top, size, 0, 2 * Math.PI);
      }
      context.fillStyle = colour;
      context.fill();
      context.strokeStyle = looks.halo;
      context.lineWidth = 1;
      context.stroke();
    }
  }

  /** @param {Looks} looks */
  function drawScaleBar(looks) {
    const [, height] = size();
    const { metres, pixels } = scaleBar(view);
    context.strokeStyle = context.fillStyle = looks.text;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(12, height - 18);
    context.lineTo(12, height - 12);
    context.lineTo(12 + pixels, height - 12);
    context.lineTo(12 + pixels, height - 18);
    context.stroke();
    context.font = "11px system-ui, sans-serif";
    const text = metres >= 1000 ? `${number(metres / 1000)} km` : `${metres} m`;
    context.fillText(text, 18 + pixels, height - 11);
  }

  /** @param {number[]} focus @param {Looks} looks */
  function drawFocus([x, y], looks) {
    context.beginPath();
    context.arc(...toScreen(x, y), 11, 0, 2 * Math.PI);
    context.strokeStyle = looks.ring;
    context.lineWidth = 3;
    context.stroke();
  }

  /** @param {Pair[]} drawn @param {Looks} looks */
  function drawOutline(drawn, looks) {
    context.beginPath();
    drawn.forEach((at, i) => {
      context[i ? "lineTo" : "moveTo"](...toScreen(...at));
    });
    context.closePath();
    context.fillStyle = looks.selected;
    context.globalAlpha = 0.12;
    context.fill("evenodd");
    context.globalAlpha = 1;
    context.strokeStyle = looks.selected;
    context.lineWidth = 2;
    context.stroke();
  }

  /** @returns {Looks} the colours of the theme */
  function looksNow() {
    const style = getComputedStyle(canvas);
    const own = LOOKS.map((name) => [name, style.getPropertyValue(`--wb-where-${name}`).trim()]);
    return Object.fromEntries(own);
  }

  /**
   * @param {Float64Array} circles
   * @param {boolean} some whether anything is selected
   * @param {number[]} focus x and y, or nothing
   * @param {Pair[]} drawn corners of a lasso or box
   * @param {string} address of the tiles, "" for none
   */
  function draw(circles, some, focus, drawn, address) {
    const [width, height] = size();
    const ratio = window.devicePixelRatio || 1;
    if (!width || !height) return;
    canvas.dataset.view = `${view.x} ${view.y} ${view.scale}`; // for those who draw on it by program
    const pixels = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
    const looks = looksNow();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    if (land) drawLand(land, looks, ratio);
    if (address !== server) {
      [server, came, failed] = [address, 0, 0];
      tiles.clear();
    }
    if (address) drawTiles(address);
    drawCircles(circles, looks, some);
    if (focus.length) drawFocus(focus, looks);
    if (drawn.length > 1) drawOutline(drawn, looks);
    drawScaleBar(looks);
  }

  return {
    ...world,
    size,
    draw,
    /** Whether a server of tiles was asked and answers nothing. */
    silent: () => failed > 0 && !came,
    /** @param {Path2D} coasts @param {Path2D} borders */
    outline: (coasts, borders) => {
      land = { coasts, borders };
    },
  };
}
