// @ts-check
// When: the timeline. Drag over bars to select their span; everything counted comes from Python.

import { h, setText, svg } from "./dom.js";
import { foldDetails } from "./folding.js";
import { clamp, number } from "./format.js";
import { consume } from "./jupyterlab.js";
import { asker, fill, status } from "./panel.js";
import { press, selecting } from "./selecting.js";
import { barAt, barsPath, cursorAfter, HIGH, spanPath, spanText, WIDE } from "./time_axis.js";

const UNITS = ["auto", "decade", "year", "month", "week", "day", "hour"];

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  const { modeOf, modes: modesNow } = selecting(model, "A span");
  let log = false;
  let cursor = -1;
  let anchor = -1;
  let from = -1;
  let held = { altKey: false, shiftKey: false };

  const paths = {
    all: svg("path", { class: "wb-when-all" }),
    selected: svg("path", { class: "wb-when-selected" }),
    hits: svg("path", { class: "wb-when-hits" }),
    focus: svg("path", { class: "wb-when-focus" }),
    brush: svg("path", { class: "wb-when-brush" }),
  };
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    ...Object.values(paths),
  );
  const axis = h("div", { class: "wb-when-axis", "aria-hidden": "true" });
  const tip = h("div", { class: "wb-when-tip", role: "status" });
  const plot = h(
    "div",
    {
      class: "wb-when-plot",
      tabindex: "0",
      role: "application",
      "aria-label":
        "Timeline. Arrow keys walk the bars, with Shift they take several; Enter selects, Shift Enter " +
        "adds, Alt Enter removes, plus and minus zoom, Escape selects nothing.",
    },
    drawing,
    axis,
  );
  const modes = h("div", { class: "wb-group", role: "group", "aria-label": "What a span does" });
  /** @type {HTMLSelectElement} */
  const bins = h("select", {
    "aria-label": "Length of a bar",
    title: "Length of a bar",
    onchange: () => ask("bins", { name: bins.value }),
  });
  const earlier = press("‹", "Earlier", () => ask("move", { share: -0.5 }));
  const out = press("−", "Zoom out", () => ask("wheel", { at: 0.5, factor: 2 }));
  const closer = press("+", "Zoom in", () => ask("wheel", { at: 0.5, factor: 0.5 }));
  const later = press("›", "Later", () => ask("move", { share: 0.5 }));
  const whole = press("⤢", "Show all times again", () => ask("whole"));
  const zooms = h(
    "div",
    { class: "wb-group", role: "group", "aria-label": "Zoom" },
    earlier,
    out,
    closer,
    later,
    whole,
  );
  const near = press("Zoom to selection", "Zoom to the times of the selected images", () => ask("near"));
  const scale = press(
    "log",
    "Logarithmic bars, so that small counts are visible beside large ones",
    () => {
      log = !log;
      draw();
    },
    false,
  );
  const untimed = h("button", {
    class: "wb-when-untimed",
    onclick: (event) => ask("untimed", { mode: modeOf(event) }),
  });
  const bar = h(
    "div",
    { class: "wb-row" },
    "One bar is a",
    bins,
    zooms,
    scale,
    modes,
    near,
    h("span", { class: "wb-space" }),
    untimed,
  );
  const words = h("p", { class: "wb-when-text" });
  const key = h("div", { class: "wb-row wb-quiet wb-when-key" });
  const zone = h(
    "p",
    { class: "wb-quiet wb-when-zone" },
    "Times are those of the camera's clock; no time zone is assumed.",
  );
  const body = h("div", { class: "wb-when-body" }, bar, plot, tip, key, words, zone);

  /** @returns {number} */
  const count = () => model.get("bars").all.length;

  /** @param {MouseEvent} event where in the plot, 0 at its left and 1 at its right edge */
  function shareAt(event) {
    const box = drawing.getBoundingClientRect();
    return (event.clientX - box.left) / box.width;
  }

  /** @param {MouseEvent} event */
  const binAt = (event) => barAt(shareAt(event), count());

  const brush = (/** @type {number} */ first, last = first) =>
    paths.brush.setAttribute("d", spanPath(first, last, first < 0 ? 1 : count()));

  const say = (/** @type {number} */ first, last = first) => {
    const { hits, selected } = model.get("layers");
    const bars = { ...model.get("bars"), hits, selected: model.get("selected") ? selected : null };
    setText(tip, spanText(bars, first, last));
  };

  function leaveCursor() {
    cursor = -1;
    anchor = -1;
    brush(-1);
  }

  function draw() {
    const { all, ticks, unit, zoomed } = model.get("bars");
    setText(words, model.get("text"));
    for (const node of [bar, plot, tip, key, zone]) node.hidden = !all;
    if (!all) return;
    drawBars(all);
    const places = ticks.map((/** @type {[number, string]} */ [i, name]) =>
      h("span", { style: `left:${((100 * i) / all.length).toFixed(2)}%` }, name),
    );
    axis.replaceChildren(...places);
    drawBins(unit);
    modes.replaceChildren(...modesNow());
    scale.setAttribute("aria-pressed", String(log));
    for (const node of [earlier, later, whole]) node.disabled = !zoomed;
    near.disabled = !model.get("selected");
    const without = model.get("untimed");
    untimed.hidden = !without;
    setText(untimed, `Select ${number(without)} without a time`);
  }

  /** @param {number[]} all */
  function drawBars(all) {
    const { hits, selected, focus } = model.get("layers");
    const top = Math.max(...all, 1);
    const chosen = model.get("selected") ? (selected ?? []) : [];
    paths.all.setAttribute("d", barsPath(all, top, log, false));
    paths.hits.setAttribute("d", barsPath(hits ?? [], top, log, true));
    paths.selected.setAttribute("d", barsPath(chosen, top, log, false));
    const looked = focus?.[0];
    paths.focus.setAttribute("d", looked == null ? "" : `M${((looked + 0.5) * WIDE) / all.length},0V${HIGH}`);
    key.replaceChildren(
      h("i", { class: "wb-when-all" }),
      `all, up to ${number(top)} a bar`,
      ...(hits ? [h("i", { class: "wb-when-hits" }), "hits"] : []),
      ...(model.get("selected") ? [h("i", { class: "wb-when-selected" }), "selected"] : []),
      h("span", { class: "wb-space" }),
      "Drag selects, Shift adds, Alt removes; Ctrl and wheel zoom.",
    );
  }

  /** @param {string} unit what one bar is now */
  function drawBins(unit) {
    const units = model.get("units");
    const choices = UNITS.map((name) => {
      const attributes = { value: name, selected: name === model.get("bins") };
      if (name === "auto") return h("option", attributes, `auto: ${unit}`);
      return h("option", { ...attributes, disabled: !units.includes(name) }, name);
    });
    bins.replaceChildren(...choices);
  }

  plot.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    from = cursor = anchor = binAt(event);
    held = { altKey: event.altKey, shiftKey: event.shiftKey };
    plot.setPointerCapture(event.pointerId);
    plot.focus();
    brush(from);
    event.preventDefault();
  });
  plot.addEventListener("pointermove", (event) => {
    const at = binAt(event);
    if (from >= 0) brush(from, at);
    say(from < 0 ? at : from, at);
  });
  plot.addEventListener("pointerup", (event) => {
    if (from < 0) return;
    ask("select", { first: from, last: binAt(event), mode: modeOf(held) });
    from = -1;
    brush(-1);
  });
  plot.addEventListener("pointercancel", () => {
    from = -1;
    brush(-1);
  });
  plot.addEventListener("pointerleave", () => {
    if (from < 0) setText(tip, "");
  });
  plot.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
      event.preventDefault();
      ask("wheel", { at: clamp(shareAt(event), 0, 1), factor: event.deltaY < 0 ? 0.6 : 1.6 });
    },
    { passive: false },
  );
  plot.addEventListener("keydown", (event) => {
    const next = cursorAfter(event.key, cursor, count());
    if (next !== null) {
      cursor = next;
      if (!event.shiftKey || anchor < 0) anchor = cursor;
      brush(anchor, cursor);
      say(anchor, cursor);
    } else if (event.key === "Enter" && cursor >= 0) {
      const span = { first: Math.min(anchor, cursor), last: Math.max(anchor, cursor) };
      ask("select", { ...span, mode: modeOf(event) });
    } else if (event.key === "+" || event.key === "-") {
      ask("wheel", { at: cursor < 0 ? 0.5 : (cursor + 0.5) / count(), factor: event.key === "+" ? 0.5 : 2 });
    } else if (event.key === "Escape") ask("clear");
    else return;
    consume(event);
  });
  plot.addEventListener("blur", leaveCursor);

  const hint = h("span", { class: "wb-quiet" }, "Number of images over time; drag to select a span");
  const fold = foldDetails(model, (on) => ask("unfold", { on }), ["When", hint], body, status(model));
  model.on(
    "change:bars change:layers change:text change:units change:bins change:mode change:untimed " +
      "change:selected",
    draw,
  );
  model.on("change:bars", () => {
    leaveCursor();
    setText(tip, "");
  });
  fill(el, "wb-when", fold);
  draw();
}

export default { render };
