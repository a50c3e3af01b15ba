// Built by esbuild 0.28.2 from dom.js folding.js format.js jupyterlab.js panel.js selecting.js time_axis.js when.js widgets.js sha256:768c5071c733c5974116bc2814595ca25d22a6ba8d86b643987c65568e7eaa2c
// dom.js
var SVG = "http://www.w3.org/2000/svg";
var UNSEEN = (
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g
);
var visible = (text) => text.replace(UNSEEN, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
var READ = /* @__PURE__ */ new Set(["alt", "aria-label", "placeholder", "title"]);
function setText(node, text) {
  node.textContent = visible(String(text ?? ""));
}
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      if (value) node.addEventListener(
        name.slice(2),
        /** @type {EventListener} */
        value
      );
    } else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null)
      node.setAttribute(name, READ.has(name) ? visible(String(value)) : String(value));
  }
  node.append(...children.filter((child) => child != null).map(shown));
  return node;
}
var shown = (child) => typeof child === "string" ? visible(child) : child;
function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes))
    if (value != null) node.setAttribute(name, READ.has(name) ? visible(String(value)) : String(value));
  node.append(...children.map(shown));
  return node;
}
var button = (text, title, on, pressed, more = {}) => h(
  "button",
  { title, "aria-pressed": pressed == null ? null : String(pressed), onclick: on, ...more },
  text
);

// folding.js
function foldDetails(model, toggled, summary, ...children) {
  const node = h(
    "details",
    { open: model.get("unfolded"), ontoggle: () => toggled(node.open) },
    h("summary", {}, ...summary),
    ...children
  );
  model.on("change:unfolded", () => {
    node.open = model.get("unfolded");
  });
  return node;
}

// format.js
var number = (value) => (value ?? 0).toLocaleString("en");
var plural = (value, one = "", many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;
var clamp = (value, low, high) => Math.max(low, Math.min(high, value));

// jupyterlab.js
var EDITING = /* @__PURE__ */ new Set(["a", "c", "v", "x", "y", "z", "enter"]);
function keepKeys(el) {
  el.addEventListener("keydown", (event) => {
    const command = (event.ctrlKey || event.metaKey) && !EDITING.has(event.key.toLowerCase());
    if (!command) event.stopPropagation();
  });
}
function consume(event) {
  event.preventDefault();
  event.stopPropagation();
}

// widgets.js
var widgetOf = (model, id) => model.widget_manager?.get_model?.(id);
async function stayInTouch(model) {
  for (const id of model.get("reached") ?? []) {
    const widget = await widgetOf(model, id);
    let gate = widget;
    while (gate && !Object.hasOwn(gate, "_handle_comm_msg")) gate = Object.getPrototypeOf(gate);
    const hear = gate && Object.getPrototypeOf(gate)._handle_comm_msg;
    if (hear && widget.comm?.on_msg) widget.comm.on_msg(hear.bind(widget));
  }
  model.send({ ask: "state" });
}

// panel.js
function asker(model) {
  const waiting = /* @__PURE__ */ new Map();
  const prefix = Math.random().toString(36).slice(2);
  let last = 0;
  stayInTouch(model).catch((error) => console.warn("workbench:", error));
  model.on("msg:custom", (message, buffers) => {
    const done = waiting.get(message.id);
    if (!done) return;
    waiting.delete(message.id);
    done([message, buffers]);
  });
  return (name, data = {}, buffers = []) => new Promise((done) => {
    const id = `${prefix}-${++last}`;
    waiting.set(id, done);
    model.send({ ask: name, id, ...data }, void 0, buffers);
  });
}
var setter = (model) => (name, value) => {
  model.set(name, value);
  model.save_changes();
};
function status(model, doing = "busy", wrong = "error") {
  const busy = h("div", { class: "wb-busy", role: "status" });
  const error = h("div", { class: "wb-error", role: "alert" });
  const draw = () => {
    setText(busy, model.get(doing));
    setText(error, model.get(wrong));
    busy.hidden = !busy.textContent;
    error.hidden = !error.textContent;
  };
  model.on(`change:${doing} change:${wrong}`, draw);
  draw();
  return h("div", { class: "wb-status" }, busy, error);
}
function fill(el, name, ...children) {
  el.classList.add("wb-panel", name);
  keepKeys(el);
  el.append(...children.filter((child) => child != null));
}

// selecting.js
var press = (text, title, on, pressed) => button(text, title, on, pressed, { "aria-label": text.length < 3 ? title : null });
var CHOICES = [
  ["replace", "New", "starts a new selection"],
  ["add", "+", "adds (or hold Shift)"],
  ["remove", "−", "removes (or hold Alt)"]
];
function selecting(model, what) {
  const set = setter(model);
  const now = () => model.get("mode");
  return {
    /** @param {Held} event */
    modeOf: (event) => event.altKey ? "remove" : event.shiftKey ? "add" : now(),
    modes: () => CHOICES.map(
      ([name, text, does]) => press(text, `${what} ${does}`, () => set("mode", name), now() === name)
    )
  };
}

// time_axis.js
var WIDE = 1e3;
var HIGH = 120;
function barsPath(counts, top, log, narrow) {
  const step = WIDE / counts.length;
  const gap = step * (narrow ? 0.5 : step > 3 ? 0.12 : 0);
  const high = (n) => HIGH * (log ? Math.log1p(n) / Math.log1p(top) : n / top);
  const bar = (n, i) => {
    const left = (i * step + gap / 2).toFixed(2);
    return `M${left},${HIGH}v${(-Math.max(high(n), 2)).toFixed(2)}h${(step - gap).toFixed(2)}V${HIGH}Z`;
  };
  return counts.map((n, i) => n ? bar(n, i) : "").join("");
}
var ordered = (first, last) => [Math.min(first, last), Math.max(first, last)];
function spanPath(first, last, count) {
  if (first < 0) return "";
  const step = WIDE / count;
  const [low, high] = ordered(first, last);
  return `M${low * step},0H${(high + 1) * step}V${HIGH}H${low * step}Z`;
}
var barAt = (share, count) => clamp(Math.floor(share * count), 0, count - 1);
function cursorAfter(key, cursor, count) {
  const places = {
    ArrowRight: cursor + 1,
    ArrowLeft: (cursor < 0 ? count : cursor) - 1,
    Home: 0,
    End: count - 1
  };
  return key in places ? clamp(places[key], 0, count - 1) : null;
}
function spanText({ names, all, hits, selected }, first, last = first) {
  const [low, high] = ordered(first, last);
  const sum = (counts) => counts.slice(low, high + 1).reduce((total, n) => total + n, 0);
  const name = low === high ? names[low] : `${names[low]} to ${names[high]}`;
  const parts = [`${name}: ${plural(sum(all), "image")}`];
  if (hits) parts.push(`${number(sum(hits))} hits`);
  if (selected) parts.push(`${number(sum(selected))} selected`);
  return parts.join(", ");
}

// when.js
var UNITS = ["auto", "decade", "year", "month", "week", "day", "hour"];
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
    brush: svg("path", { class: "wb-when-brush" })
  };
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    ...Object.values(paths)
  );
  const axis = h("div", { class: "wb-when-axis", "aria-hidden": "true" });
  const tip = h("div", { class: "wb-when-tip", role: "status" });
  const plot = h(
    "div",
    {
      class: "wb-when-plot",
      tabindex: "0",
      role: "application",
      "aria-label": "Timeline. Arrow keys walk the bars, with Shift they take several; Enter selects, Shift Enter adds, Alt Enter removes, plus and minus zoom, Escape selects nothing."
    },
    drawing,
    axis
  );
  const modes = h("div", { class: "wb-group", role: "group", "aria-label": "What a span does" });
  const bins = h("select", {
    "aria-label": "Length of a bar",
    title: "Length of a bar",
    onchange: () => ask("bins", { name: bins.value })
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
    whole
  );
  const near = press("Zoom to selection", "Zoom to the times of the selected images", () => ask("near"));
  const scale = press(
    "log",
    "Logarithmic bars, so that small counts are visible beside large ones",
    () => {
      log = !log;
      draw();
    },
    false
  );
  const untimed = h("button", {
    class: "wb-when-untimed",
    onclick: (event) => ask("untimed", { mode: modeOf(event) })
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
    untimed
  );
  const words = h("p", { class: "wb-when-text" });
  const key = h("div", { class: "wb-row wb-quiet wb-when-key" });
  const zone = h(
    "p",
    { class: "wb-quiet wb-when-zone" },
    "Times are those of the camera's clock; no time zone is assumed."
  );
  const body = h("div", { class: "wb-when-body" }, bar, plot, tip, key, words, zone);
  const count = () => model.get("bars").all.length;
  function shareAt(event) {
    const box = drawing.getBoundingClientRect();
    return (event.clientX - box.left) / box.width;
  }
  const binAt = (event) => barAt(shareAt(event), count());
  const brush = (first, last = first) => paths.brush.setAttribute("d", spanPath(first, last, first < 0 ? 1 : count()));
  const say = (first, last = first) => {
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
    const places = ticks.map(
      ([i, name]) => h("span", { style: `left:${(100 * i / all.length).toFixed(2)}%` }, name)
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
  function drawBars(all) {
    const { hits, selected, focus } = model.get("layers");
    const top = Math.max(...all, 1);
    const chosen = model.get("selected") ? selected ?? [] : [];
    paths.all.setAttribute("d", barsPath(all, top, log, false));
    paths.hits.setAttribute("d", barsPath(hits ?? [], top, log, true));
    paths.selected.setAttribute("d", barsPath(chosen, top, log, false));
    const looked = focus?.[0];
    paths.focus.setAttribute("d", looked == null ? "" : `M${(looked + 0.5) * WIDE / all.length},0V${HIGH}`);
    key.replaceChildren(
      h("i", { class: "wb-when-all" }),
      `all, up to ${number(top)} a bar`,
      ...hits ? [h("i", { class: "wb-when-hits" }), "hits"] : [],
      ...model.get("selected") ? [h("i", { class: "wb-when-selected" }), "selected"] : [],
      h("span", { class: "wb-space" }),
      "Drag selects, Shift adds, Alt removes; Ctrl and wheel zoom."
    );
  }
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
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      ask("wheel", { at: clamp(shareAt(event), 0, 1), factor: event.deltaY < 0 ? 0.6 : 1.6 });
    },
    { passive: false }
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
    "change:bars change:layers change:text change:units change:bins change:mode change:untimed change:selected",
    draw
  );
  model.on("change:bars", () => {
    leaveCursor();
    setText(tip, "");
  });
  fill(el, "wb-when", fold);
  draw();
}
var when_default = { render };
export {
  when_default as default
};
