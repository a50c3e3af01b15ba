// @ts-check
// Highlights: what is selected bright over the dimmed others, hits crossed, the focus ringed, on a canvas
// over the plot. Plotly would lay out and draw every point anew for each of these; here nothing is drawn
// again but what changed.

import { h } from "./dom.js";
import { onMoving, pointsOf, seen, setPointsOpacity } from "./plotly.js";
import { crossed, disc, positions, printer, printPlaces, ringed } from "./stamps.js";

const DIMMED = 0.22;
const HIT = "#e5383b";
const RING = "#ffab00";

/**
 * Draw what the traits bright, crosses and ring say, and follow the plot.
 * @param {import("./types.js").Model} model
 * @param {import("./types.js").Plot} plot
 */
export function highlighter(model, plot) {
  // `bright`: positions of the selected among the points drawn
  const canvas = Object.assign(h("canvas", { class: "wb-highlights", "aria-hidden": "true" }), {
    bright: /** @type {number[]} */ ([]),
  });
  /** @type {DataView | null} */
  let bits = null;
  let frame = 0;
  plot.parentElement.append(canvas);

  // the plot may still show other points than those that were counted last: then nothing is bright until it
  // has caught up
  function readBright() {
    const bytes = model.get("bright");
    if (pointsOf(plot)?.meta !== model.get("drawing")) return false;
    if (bits !== bytes) {
      bits = bytes;
      canvas.bright = positions(bytes);
    }
    return true;
  }

  function draw() {
    frame = 0;
    canvas.hidden = !["bright", "crosses", "ring"].some((name) => model.get(name).byteLength);
    setPointsOpacity(plot, model.get("bright").byteLength ? DIMMED : "");
    if (canvas.hidden) {
      canvas.bright = [];
      return; // not even cleared: a browser without a graphics card draws the points first
    }
    const { x, y, box } = seen(plot);
    const home = plot.parentElement.getBoundingClientRect();
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(box.width * ratio);
    const height = Math.round(box.height * ratio);
    const context = canvas.getContext("2d", { willReadFrequently: true }); // pixels are written, not strokes
    if (!width || !height || !context) return;
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    Object.assign(canvas.style, {
      left: `${box.left - home.left}px`,
      top: `${box.top - home.top}px`,
      width: `${box.width}px`,
      height: `${box.height}px`,
    });
    const image = context.createImageData(width, height);
    const print = printer(image, x, y);
    if (readBright() && canvas.bright.length) printPoints(print, pointsOf(plot), canvas.bright, ratio);
    printPlaces(print, model.get("crosses"), crossed(ratio), rgb(HIT));
    printPlaces(print, model.get("ring"), ringed(ratio), rgb(RING));
    context.putImageData(image, 0, 0);
  }

  const drawSoon = () => {
    if (!frame) frame = requestAnimationFrame(draw);
  };
  onMoving(plot, drawSoon);
  model.on("change:bright change:crosses change:ring change:drawing", drawSoon);
  drawSoon();
}

/** @type {CanvasRenderingContext2D | null} */
let palette = null;

/**
 * @param {string} colour any that CSS knows
 * @returns {import("./stamps.js").Rgb} red, green and blue, each 0 to 255
 */
function rgb(colour) {
  palette ??= /** @type {CanvasRenderingContext2D} */ (h("canvas").getContext("2d"));
  palette.fillStyle = colour;
  const hex = palette.fillStyle;
  const part = (/** @type {number} */ at) => Number.parseInt(hex.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}

/**
 * Print some points of plotly's trace as it draws them.
 * @param {import("./stamps.js").Print} print
 * @param {any} points
 * @param {number[]} rows
 * @param {number} ratio
 */
function printPoints(print, points, rows, ratio) {
  const { x, y, marker } = points;
  const round = disc((marker.size * ratio) / 2);
  /** @type {[number, string][]} each colour twice, at the two ends of its part of the scale */
  const scale = marker.colorscale;
  const colours = scale.filter((_, i) => i % 2).map(([, colour]) => rgb(colour));
  for (const row of rows) print(round, x[row], y[row], colours[marker.color[row]]);
}
