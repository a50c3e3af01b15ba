// @ts-check
// Map: toolbar, legend and hover card of the plot beside it. The plot is plotly's; the gestures are read
// here.

import { button, debounced, h, setText } from "./dom.js";
import { number } from "./format.js";
import { LAYOUTS, layoutForm, SETTINGS } from "./map_form.js";
import { watchPlot } from "./map_plot.js";
import { asker, fill, setter, status } from "./panel.js";
import { working } from "./working.js";

const MANY_CLASSES = 12; // from here on the legend can be searched

/** @param {import("./types.js").View} view */
function render({ model, el }) {
  const ask = asker(model);
  const set = setter(model);
  const card = h("div", { class: "wb-card", hidden: true });
  const tools = h("div", { class: "wb-group", role: "group", "aria-label": "Tool" });
  const modes = h("div", { class: "wb-group", role: "group", "aria-label": "What a lasso does" });
  const shows = h("div", { class: "wb-group", role: "group", "aria-label": "What the map shows" });
  /** @type {HTMLSelectElement} */
  const methods = h("select", {
    "aria-label": "Layout",
    title: "Layout",
    onchange: () => ask("method", { name: methods.value, settings: {} }),
  });
  const gear = h(
    "button",
    {
      title: "Settings of the layout",
      "aria-label": "Settings of the layout",
      onclick: () => set("form", !model.get("form")),
    },
    "⚙",
  );
  const note = h("div", { class: "wb-map-note", role: "status" });
  /** @type {HTMLSelectElement} */
  const columns = h("select", {
    "aria-label": "Colour by",
    title: "Colour by",
    onchange: () => ask("column", { name: columns.value }),
  });
  const slide = debounced(() => ask("level", { level: Number(fine.value) }), 120);
  /** @type {HTMLInputElement} */
  const fine = h("input", {
    type: "range",
    min: 0,
    step: 1,
    "aria-label": "Clusters, coarse to fine",
    oninput: () => {
      drawLevel(Number(fine.value));
      slide();
    },
  });
  const level = h("label", { class: "wb-level" }, "coarse", fine, "fine");
  const summary = h("button", { class: "wb-summary", onclick: () => ask("clear") });
  const legend = h("div", { class: "wb-legend", role: "group", "aria-label": "Legend" });

  /**
   * @param {HTMLSelectElement} select
   * @param {string[]} names
   * @param {string} now
   * @param {(name: string) => string} label
   */
  const choose = (select, names, now, label) =>
    select.replaceChildren(
      ...names.map((name) => h("option", { value: name, selected: name === now }, label(name))),
    );

  function beside() {
    const open = model.get("beside") === "open";
    return button(
      open ? "◫" : "✕",
      open ? "A second map beside this one, with a layout and colours of its own" : "Close this second map",
      () => ask("beside"),
    );
  }

  function drawNote() {
    setText(note, model.get("note"));
    note.hidden = !note.textContent;
  }

  /** @param {number} now */
  function drawLevel(now) {
    const count = model.get("levels");
    level.hidden = !count || model.get("column") !== model.get("columns")[0];
    const words = `Clusters: level ${now + 1} of ${count}`;
    level.title = `${words}, coarse to fine`;
    fine.max = String(count - 1);
    fine.value = String(now);
    fine.setAttribute("aria-valuetext", words);
  }

  function drawTools() {
    const tool = model.get("tool");
    const mode = model.get("mode");
    tools.replaceChildren(
      button("Lasso", "Draw around points", () => ask("tool", { name: "lasso" }), tool === "lasso"),
      button("Box", "Draw a box around points", () => ask("tool", { name: "box" }), tool === "box"),
      button(
        "Pan",
        "Move the map; the wheel zooms in every tool",
        () => ask("tool", { name: "pan" }),
        tool === "pan",
      ),
    );
    modes.replaceChildren(
      button("New", "The lasso starts a new selection", () => set("mode", "replace"), mode === "replace"),
      button("+", "The lasso adds (or hold Shift)", () => set("mode", "add"), mode === "add"),
      button("−", "The lasso removes (or hold Alt)", () => set("mode", "remove"), mode === "remove"),
      button(
        "∩",
        "The lasso keeps only what is selected inside it (or hold Shift and Alt)",
        () => set("mode", "intersect"),
        mode === "intersect",
      ),
    );
    shows.replaceChildren(
      button("⤢", "Show the whole map again", () => ask("whole")),
      button("Aa", "Names on the map", () => set("names", !model.get("names")), model.get("names")),
      button(
        "▦",
        "Pictures on the map when zoomed in",
        () => set("pictures", !model.get("pictures")),
        model.get("pictures"),
      ),
      ...(model.get("beside") ? [beside()] : []),
    );
    choose(methods, model.get("methods"), model.get("method"), (name) => LAYOUTS[name] ?? name);
    const own = Object.entries(model.get("settings"))
      .map(([name, value]) => `${SETTINGS[name] ?? name} ${value}`)
      .join(", ");
    methods.title = own ? `Layout: ${own}` : "Layout";
    gear.setAttribute("aria-pressed", String(model.get("form")));
    choose(columns, model.get("columns"), model.get("column"), (name) => name.replaceAll("_", " "));
    columns.hidden = model.get("columns").length < 2;
    drawLevel(model.get("level"));
    const selected = model.get("selected");
    setText(summary, `${model.get("summary")}${selected ? " ×" : ""}`);
    summary.disabled = !selected;
    summary.title = selected ? "Clear the selection (or double-click the map)" : "";
  }

  const seekSoon = debounced(() => ask("seek", { text: seek.value }), 200);
  /** @type {HTMLInputElement} */
  const seek = h("input", {
    type: "search",
    class: "wb-seek",
    placeholder: "Find a class",
    "aria-label": "Find a class in the legend",
    oninput: () => seekSoon(),
  });
  const all = h(
    "div",
    { class: "wb-row wb-legend-all" },
    seek,
    h("button", { title: "Show every class", onclick: () => ask("all", { shown: true }) }, "All"),
    h(
      "button",
      {
        title: "Hide every class, then click those you want to see",
        onclick: () => ask("all", { shown: false }),
      },
      "None",
    ),
  );
  function drawLegend() {
    all.hidden = model.get("classes") <= MANY_CLASSES;
    if (document.activeElement !== seek) seek.value = model.get("sought");
    legend.replaceChildren(
      ...model.get("legend").map((/** @type {any} */ item) =>
        h(
          "button",
          {
            class: "wb-key",
            "aria-pressed": String(item.shown),
            title: "Click: hide or show. Shift-click or double-click: only this one",
            onclick: (event) => ask("legend", { cluster: item.cluster, only: event.shiftKey }),
            ondblclick: () => ask("legend", { cluster: item.cluster, only: true }),
          },
          h("i", { style: `background:${item.colour}` }),
          item.name,
          h("span", { class: "wb-quiet" }, number(item.count)),
        ),
      ),
      model.get("more") ? h("span", { class: "wb-quiet" }, `and ${number(model.get("more"))} more`) : "",
      model.get("sought") && !model.get("legend").length
        ? h("span", { class: "wb-quiet" }, `No class is called “${model.get("sought")}”.`)
        : "",
    );
  }

  const stopWatching = watchPlot(model, ask, el, [card, note]);

  model.on(
    "change:tool change:mode change:methods change:method change:settings change:form " +
      "change:beside change:columns change:column change:names change:pictures change:summary " +
      "change:selected change:working change:level change:levels",
    drawTools,
  );
  model.on("change:note", drawNote);
  model.on("change:legend change:more change:classes change:sought", drawLegend);
  fill(
    el,
    "wb-mapbar",
    h(
      "div",
      { class: "wb-row" },
      h("div", { class: "wb-group" }, methods, gear),
      columns,
      level,
      h("span", { class: "wb-space" }),
      summary,
    ),
    layoutForm(model, ask),
    h("div", { class: "wb-row" }, tools, modes, shows),
    all,
    legend,
    working(model, ask),
    status(model),
  );
  drawTools();
  drawNote();
  drawLegend();
  return stopWatching;
}

export default { render };
