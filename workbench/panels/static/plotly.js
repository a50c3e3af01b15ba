// @ts-check
// What the map knows of plotly's plot and of its widget.

import { keepFirstListener } from "./widgets.js";

/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").Plot} Plot */
/** @typedef {import("./types.js").PointerPlace} PointerPlace */

const PLOT = ".js-plotly-plot";
const EDGES = 3; // pixels that a border takes
const POINTS = "nsewdrag"; // the area of the points, which takes the mouse

/**
 * @param {Element | null} place
 * @returns {Plot | null} the plot in there, once it takes the mouse
 */
export function plotIn(place) {
  const plot = /** @type {Plot | null} */ (place?.querySelector(PLOT) ?? null);
  return typeof plot?.on === "function" && plot.querySelector(`.${POINTS}`) ? plot : null;
}

/**
 * @param {Plot} plot
 * @param {number} drawing the number of what Python drew last, 0 before it drew anything
 * @returns {boolean} whether the plot has those points
 */
export const holds = (plot, drawing) => !drawing || plot.data?.[0]?.meta === drawing;

/**
 * @param {Plot} plot
 * @returns {string} how large the place of the plot is, where the plot is not as large; else ""
 */
export function sizeMissed(plot) {
  const { width, height } = plot.getBoundingClientRect();
  const near = (/** @type {number} */ a, /** @type {number} */ b) => Math.abs(a - b) <= EDGES;
  const { width: across, height: down } = plot._fullLayout;
  return near(width, across) && near(height, down) ? "" : `${width} ${height}`;
}

/**
 * Draw the plot as large as its place. Plotly's widget gives it a height of its own, and only listens to
 * the window.
 * @param {Plot} plot
 */
export function fit(plot) {
  delete plot.layout.width;
  delete plot.layout.height;
  window.dispatchEvent(new Event("resize"));
}

/** @param {EventTarget | null} target whether it is the area of the points */
export const isOnPoints = (target) => target instanceof Element && target.classList.contains(POINTS);

/**
 * @param {Plot} plot
 * @returns {any} plotly's trace of all points as it draws them, undefined before it does
 */
export const pointsOf = (plot) => plot._fullData?.[0];

/**
 * @param {Plot} plot
 * @param {number | ""} opacity
 */
export function setPointsOpacity(plot, opacity) {
  const layer = /** @type {HTMLElement} */ (plot.querySelector(".gl-container"));
  layer.style.opacity = String(opacity);
}

/**
 * What part of the map the plot shows, and how large it is on the page.
 * @param {Plot} plot
 * @returns {{ x: [number, number], y: [number, number], width: number, height: number, box: DOMRect }}
 */
export function seen(plot) {
  const { xaxis, yaxis } = plot._fullLayout;
  const box = /** @type {Element} */ (plot.querySelector(`.${POINTS}`)).getBoundingClientRect();
  return { x: [...xaxis.range], y: [...yaxis.range], width: box.width, height: box.height, box };
}

/**
 * Where on the map the pointer is.
 * @param {Plot} plot
 * @param {PointerPlace} event
 */
export function placeOf(plot, event) {
  const { x, y, box } = seen(plot);
  return {
    x: x[0] + ((event.clientX - box.left) / box.width) * (x[1] - x[0]),
    y: y[1] - ((event.clientY - box.top) / box.height) * (y[1] - y[0]),
  };
}

/**
 * @param {Plot} plot
 * @param {() => void} moved called while and after the plot moves, zooms or is drawn
 */
export function onMoving(plot, moved) {
  for (const event of ["plotly_relayouting", "plotly_relayout", "plotly_afterplot"]) plot.on(event, moved);
}

/**
 * @param {Plot} plot
 * @param {() => void} moved called after the plot was moved or zoomed
 */
export const onMoved = (plot, moved) => plot.on("plotly_relayout", moved);

/**
 * A plot that was taken off the page still listens, and fails at the next update before newer drawings have
 * heard of it. The first listener of each kind is the plot's own, the others are its drawings.
 * @param {Model} model
 */
export const forgetDrawings = (model) => keepFirstListener(model, "change:_py2js_");
