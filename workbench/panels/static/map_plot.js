// @ts-check
// The plot beside the bar: found, listened to, and drawn again where it misses something. Plotly's widget
// hears only what Python sends once it has started, and takes the size of its place when it is drawn. What it
// lacks, on a busy machine or before the page has room for it, is seen by what it shows, whatever the reason.

import { listen } from "./map_gestures.js";
import { fit, forgetDrawings, holds, plotIn, sizeMissed } from "./plotly.js";

const LOOK_MILLISECONDS = 250;
const [FIRST_LOOKS, MOST_LOOKS] = [8, 120]; // without all points, until they are asked for
const MOST_FITS = 8; // a place that no plot can fill is let be

/**
 * @param {import("./types.js").Model} model
 * @param {import("./types.js").Ask} ask
 * @param {HTMLElement} el of the bar
 * @param {HTMLElement[]} over what lies over the plot, the card first
 * @returns {() => void} what stops watching
 */
export function watchPlot(model, ask, el, over) {
  let stop = () => {};
  let missed = 0;
  let allowed = FIRST_LOOKS;
  let wanted = "";
  let fitted = 0;

  /** Ask for all that the plot shows; each time in vain, longer is waited for the next. */
  function again() {
    missed = 0;
    allowed = Math.min(2 * allowed, MOST_LOOKS);
    forgetDrawings(model).then(() => ask("again"));
  }

  /** @param {import("./types.js").Plot} plot is new on the page */
  function begin(plot) {
    plot.dataset.workbench = "";
    plot.parentElement.style.position = "relative";
    plot.parentElement.append(...over);
    stop();
    stop = listen(model, ask, plot, over[0]);
  }

  /** @param {import("./types.js").Plot} plot */
  function keepSize(plot) {
    const missed = sizeMissed(plot);
    fitted = missed === wanted ? fitted + 1 : 0;
    wanted = missed;
    if (missed && fitted < MOST_FITS) fit(plot);
  }

  function look() {
    const place = /** @type {HTMLElement | null} */ (el.closest(".wb-map"));
    if (!place?.offsetParent) return; // another side of the desk is shown
    const plot = plotIn(place);
    if (!plot || !holds(plot, model.get("drawing"))) {
      missed += 1;
      if (missed > allowed) again();
      return;
    }
    [missed, allowed] = [0, FIRST_LOOKS];
    if (plot.dataset.workbench == null) begin(plot);
    keepSize(plot);
  }

  const timer = setInterval(look, LOOK_MILLISECONDS);
  return () => {
    clearInterval(timer);
    stop();
  };
}
