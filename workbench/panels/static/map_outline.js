// @ts-check
// Outline: the lasso or box that is being drawn, on a layer of its own. Plotly's drawing tools lay out and
// draw every point anew at mouse-up, before they tell anybody; here the points stay as they are until the
// answer marks them.

import { svg } from "./dom.js";
import { drawnOn, inside, outlinePath, shapeOf } from "./lasso.js";
import { placeOf, seen } from "./plotly.js";

/** @typedef {import("./types.js").PointerPlace} PointerPlace */

/**
 * @param {import("./types.js").Plot} plot
 * @returns what begins, moves, ends and drops an outline; end() gives the shape drawn, in coordinates of the
 *   map, or null
 */
export function outliner(plot) {
  const path = svg("path");
  const layer = svg("svg", { class: "wb-outline", "aria-hidden": "true" }, path);
  plot.parentElement.append(layer);
  let tool = "";
  /** @type {PointerPlace[]} */
  let corners = [];
  let box = new DOMRect();
  let home = new DOMRect();
  let frame = 0;

  function draw() {
    frame = 0;
    path.setAttribute("d", outlinePath(corners, home));
  }

  /** @param {string} name @param {PointerPlace} event */
  function begin(name, event) {
    box = seen(plot).box;
    home = layer.getBoundingClientRect();
    tool = name;
    corners = [inside(event, box)];
  }

  /** @param {PointerPlace} event */
  function move(event) {
    if (!tool) return;
    corners = drawnOn(tool, corners, inside(event, box));
    if (!frame) frame = requestAnimationFrame(draw);
  }

  function drop() {
    cancelAnimationFrame(frame);
    tool = "";
    corners = [];
    frame = 0;
    path.setAttribute("d", "");
  }

  function end() {
    const shape = shapeOf(
      tool,
      corners.map((at) => placeOf(plot, at)),
    );
    drop();
    return shape;
  }

  return { begin, move, end, drop };
}
