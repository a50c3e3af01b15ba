// When: the timeline. Drag over bars to select their span; everything counted comes from Python.

const NS_WHEN = "http://www.w3.org/2000/svg";
const WIDE = 1000, HIGH = 120;

function shape(tag, attributes) {
  const node = document.createElementNS(NS_WHEN, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

// outline(counts, top, log, narrow) returns the path of one layer of bars; what is not empty can be seen
function outline(counts, top, log, narrow) {
  const step = WIDE / counts.length, gap = step * (narrow ? 0.5 : step > 3 ? 0.12 : 0);
  const high = (n) => HIGH * (log ? Math.log1p(n) / Math.log1p(top) : n / top);
  return counts.map((n, i) => {
    if (!n) return "";
    const tall = Math.max(high(n), 2);
    return `M${(i * step + gap / 2).toFixed(2)},${HIGH}v${(-tall).toFixed(2)}h${(step - gap).toFixed(2)}V${HIGH}Z`;
  }).join("");
}

function render({ model, el }) {
  const ask = asker(model);
  const { modeOf, modes: modesNow } = selecting(model, "A span");
  const number = (n) => n.toLocaleString("en");
  let log = false, cursor = -1, anchor = -1, from = -1, held = {};

  const svg = shape("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  const paths = Object.fromEntries(["all", "selected", "hits", "focus", "brush"].map((name) => [name, svg.appendChild(shape("path", { class: `wb-when-${name}` }))]));
  const axis = h("div", { class: "wb-when-axis", "aria-hidden": "true" });
  const tip = h("div", { class: "wb-when-tip", role: "status" });
  const plot = h("div", { class: "wb-when-plot", tabindex: "0", role: "application",
    "aria-label": "Timeline. Arrow keys walk the bars, with Shift they take several; Enter selects, Shift Enter adds, Alt Enter removes, plus and minus zoom, Escape selects nothing." }, svg, axis);
  const modes = h("div", { class: "wb-group", role: "group", "aria-label": "What a span does" });
  const bins = h("select", { "aria-label": "One bar is", title: "One bar is", onchange: () => ask("bins", { name: bins.value }) });
  const zooms = h("div", { class: "wb-group", role: "group", "aria-label": "Zoom" },
    press("‹", "Earlier", () => ask("move", { share: -0.5 })), press("−", "Zoom out", () => ask("wheel", { at: 0.5, factor: 2 })), press("+", "Zoom in", () => ask("wheel", { at: 0.5, factor: 0.5 })),
    press("›", "Later", () => ask("move", { share: 0.5 })), press("⤢", "Show all times again", () => ask("whole")));
  const near = press("Zoom to selection", "Show the span of what is selected", () => ask("near"));
  const scale = press("log", "Bars grow with the logarithm, so that few are seen beside many", () => { log = !log; draw(); }, false);
  const untimed = h("button", { class: "wb-when-untimed", onclick: (event) => ask("untimed", { mode: modeOf(event) }) });
  const bar = h("div", { class: "wb-row" }, "One bar is a", bins, zooms, scale, modes, near, h("span", { class: "wb-space" }), untimed);
  const words = h("p", { class: "wb-when-text" });
  const key = h("div", { class: "wb-row wb-quiet wb-when-key" });
  const zone = h("p", { class: "wb-quiet wb-when-zone" }, "Times are what the camera's clock showed; EXIF dates are read without a time zone, and none is assumed.");
  const body = h("div", { class: "wb-when-body" }, bar, plot, tip, key, words, zone);

  const binAt = (event) => {
    const box = svg.getBoundingClientRect(), count = model.get("bars").all.length;
    return Math.max(0, Math.min(count - 1, Math.floor(((event.clientX - box.left) / box.width) * count)));
  };

  function brush(first, last) {
    const step = WIDE / model.get("bars").all.length, [low, high] = [Math.min(first, last), Math.max(first, last)];
    paths.brush.setAttribute("d", first < 0 ? "" : `M${low * step},0H${(high + 1) * step}V${HIGH}H${low * step}Z`);
  }

  function say(first, last = first) {
    const { names, all } = model.get("bars"), { hits, selected } = model.get("layers");
    const [low, high] = [Math.min(first, last), Math.max(first, last)];
    const sum = (counts) => counts.slice(low, high + 1).reduce((total, n) => total + n, 0);
    const parts = [`${low === high ? names[low] : `${names[low]} to ${names[high]}`}: ${number(sum(all))} image${sum(all) === 1 ? "" : "s"}`];
    if (hits) parts.push(`${number(sum(hits))} hits`);
    if (selected && model.get("selected")) parts.push(`${number(sum(selected))} selected`);
    tip.textContent = parts.join(", ");
  }

  function draw() {
    const { all, ticks, unit, zoomed } = model.get("bars");
    words.textContent = model.get("text");
    for (const node of [bar, plot, tip, key, zone]) node.hidden = !all;
    if (!all) return;
    const { hits, selected } = model.get("layers"), top = Math.max(...all, 1);
    const shown = { all, hits: hits ?? [], selected: model.get("selected") ? selected ?? [] : [] };
    for (const [name, counts] of Object.entries(shown)) paths[name].setAttribute("d", outline(counts, top, log, name === "hits"));
    const [looked] = model.get("layers").focus ?? [], step = WIDE / all.length;
    paths.focus.setAttribute("d", looked == null ? "" : `M${(looked + 0.5) * step},0V${HIGH}`);
    axis.replaceChildren(...ticks.map(([i, name]) => h("span", { style: `left:${((100 * i) / all.length).toFixed(2)}%` }, name)));
    const units = model.get("units"), names = ["auto", "decade", "year", "month", "week", "day", "hour"];
    bins.replaceChildren(...names.map((name) => h("option", { value: name, selected: name === model.get("bins"), disabled: name !== "auto" && !units.includes(name) }, name === "auto" ? `auto: ${unit}` : name)));
    modes.replaceChildren(...modesNow());
    scale.setAttribute("aria-pressed", String(log));
    zooms.firstChild.disabled = zooms.children[3].disabled = zooms.lastChild.disabled = !zoomed;
    near.disabled = !model.get("selected");
    key.replaceChildren(h("i", { class: "wb-when-all" }), `all, up to ${number(top)} a bar`,
      ...(hits ? [h("i", { class: "wb-when-hits" }), "hits"] : []), ...(model.get("selected") ? [h("i", { class: "wb-when-selected" }), "selected"] : []),
      h("span", { class: "wb-space" }), "Drag selects, Shift adds, Alt removes; Ctrl and wheel zoom.");
    const without = model.get("untimed");
    untimed.hidden = !without;
    untimed.textContent = `Select ${number(without)} without a time`;
  }

  plot.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    from = cursor = anchor = binAt(event);
    held = { altKey: event.altKey, shiftKey: event.shiftKey };
    plot.setPointerCapture(event.pointerId);
    plot.focus();
    brush(from, from);
    event.preventDefault();
  });
  plot.addEventListener("pointermove", (event) => {
    if (from < 0) return say(binAt(event));
    brush(from, binAt(event));
    say(from, binAt(event));
  });
  plot.addEventListener("pointerup", (event) => {
    if (from < 0) return;
    ask("select", { first: from, last: binAt(event), mode: modeOf(held) });
    from = -1;
    brush(-1);
  });
  plot.addEventListener("pointercancel", () => { from = -1; brush(-1); });
  plot.addEventListener("pointerleave", () => { if (from < 0) tip.textContent = ""; });
  plot.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    ask("wheel", { at: Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)), factor: event.deltaY < 0 ? 0.6 : 1.6 });
  }, { passive: false });
  plot.addEventListener("keydown", (event) => {
    const count = model.get("bars").all.length;
    const next = { ArrowRight: cursor + 1, ArrowLeft: (cursor < 0 ? count : cursor) - 1, Home: 0, End: count - 1 }[event.key];
    if (next != null) {
      cursor = Math.max(0, Math.min(count - 1, next));
      if (!event.shiftKey || anchor < 0) anchor = cursor;
      brush(anchor, cursor);
      say(anchor, cursor);
    } else if (event.key === "Enter" && cursor >= 0) ask("select", { first: Math.min(anchor, cursor), last: Math.max(anchor, cursor), mode: modeOf(event) });
    else if (event.key === "+" || event.key === "-") ask("wheel", { at: cursor < 0 ? 0.5 : (cursor + 0.5) / count, factor: event.key === "+" ? 0.5 : 2 });
    else if (event.key === "Escape") ask("clear");
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  plot.addEventListener("blur", () => { cursor = anchor = -1; brush(-1); });

  const fold = h("details", { open: model.get("unfolded"), ontoggle: () => ask("unfold", { on: fold.open }) }, h("summary", {}, "When", h("span", { class: "wb-quiet" }, "How many images were taken when; drag to select a span")), body, status(model));
  model.on("change:bars change:layers change:text change:units change:bins change:mode change:untimed change:selected", draw);
  model.on("change:bars", () => { cursor = anchor = -1; brush(-1); tip.textContent = ""; });
  model.on("change:unfolded", () => { fold.open = model.get("unfolded"); });
  el.classList.add("wb-panel", "wb-when");
  keepKeys(el);
  el.append(fold);
  draw();
}

export default { render };
