// @ts-check
// Gestures on the plot: draw, click, double click, hover, zoom. Plotly's own carry no modifier keys, and its
// hover looks through all points; what is nearest is asked of Python, which knows every point, drawn or not.
// Plotly itself only zooms and, with the hand, moves.

import { debounced } from "./dom.js";
import { hovering } from "./hover.js";
import { highlighter } from "./map_highlights.js";
import { marker } from "./map_marks.js";
import { outliner } from "./map_outline.js";
import { fit, isOnPoints, onMoved, placeOf, seen } from "./plotly.js";

const CLICK_PIXELS = 4;
const DOUBLE_MILLISECONDS = 350;
const VIEW_MILLISECONDS = 150;
const RESIZE_MILLISECONDS = 100;

/**
 * Report what is done with the mouse on the plot.
 * @param {import("./types.js").Model} model
 * @param {import("./types.js").Ask} ask
 * @param {import("./types.js").Plot} plot
 * @param {HTMLElement} card shows what the mouse rests on
 * @returns {() => void} what stops listening
 */
export function listen(model, ask, plot, card) {
  /** @type {[number, number] | null} */
  let start = null;
  let moved = 0;
  let lastClick = 0;
  let held = { shift: false, alt: false };
  let looked = "";
  const marks = marker(model, ask, plot);
  const outline = outliner(plot);
  highlighter(model, plot);

  function mode() {
    if (held.alt && held.shift) return "intersect";
    if (held.alt) return "remove";
    return held.shift ? "add" : model.get("mode");
  }

  const hover = hovering(ask, card, {
    place: (event) => placeOf(plot, event),
    drawing: () => start !== null,
    texts: (answer) => [answer.cluster],
    area: () => plot.parentElement.getBoundingClientRect(),
  });

  async function look() {
    const { x, y, width, height } = seen(plot);
    const view = { x, y, width, height };
    const text = JSON.stringify(view);
    if (text === looked || !width) return;
    looked = text;
    await ask("view", view);
    marks.load();
  }
  const lookSoon = debounced(look, VIEW_MILLISECONDS);

  /** @param {MouseEvent} event */
  function down(event) {
    start = [event.clientX, event.clientY];
    moved = 0;
    held = { shift: event.shiftKey, alt: event.altKey };
    hover.leave();
    if (event.button !== 0 || !isOnPoints(event.target) || model.get("tool") === "pan") return;
    outline.begin(model.get("tool"), event);
    event.stopPropagation(); // plotly would move the map while Shift is held
    event.preventDefault(); // and the page would mark text
  }

  /** @param {MouseEvent} event */
  function up(event) {
    if (!start) return;
    start = null;
    if (moved > CLICK_PIXELS) {
      const drawn = outline.end();
      if (drawn) ask("draw", { shape: drawn.shape, mode: mode() }, [drawn.corners.buffer]);
      return;
    }
    outline.drop();
    if (event.timeStamp - lastClick < DOUBLE_MILLISECONDS) ask("clear");
    else ask("click", placeOf(plot, event));
    lastClick = event.timeStamp;
  }

  // A lasso that ends where it began is no click: what counts is how far the mouse has been away.
  /** @param {MouseEvent} event */
  function drag(event) {
    if (!start) return;
    moved = Math.max(moved, Math.hypot(event.clientX - start[0], event.clientY - start[1]));
    outline.move(event);
  }

  /** @param {KeyboardEvent} event */
  function dropOutline(event) {
    if (event.key !== "Escape" || !start) return;
    start = null;
    outline.drop();
    event.stopPropagation();
  }

  const showTool = () => plot.parentElement.toggleAttribute("data-wb-draws", model.get("tool") !== "pan");
  model.on("change:tool", showTool);
  showTool();
  onMoved(plot, lookSoon);
  plot.addEventListener("mousedown", down, true);
  plot.addEventListener("mousemove", (event) => {
    if (!start) hover.soon(event);
  });
  plot.addEventListener("mouseleave", hover.leave);
  window.addEventListener("keydown", dropOutline, true);
  window.addEventListener("mousemove", drag, true);
  window.addEventListener("mouseup", up, true);
  const resized = debounced(() => {
    fit(plot);
    lookSoon();
  }, RESIZE_MILLISECONDS);
  const watch = new ResizeObserver(() => resized());
  watch.observe(plot);
  return () => {
    watch.disconnect();
    window.removeEventListener("keydown", dropOutline, true);
    window.removeEventListener("mousemove", drag, true);
    window.removeEventListener("mouseup", up, true);
  };
}
