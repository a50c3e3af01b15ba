// Map: toolbar, legend and hover card of the plot beside it. The plot is plotly's; the gestures are read here.

function render({ model, el }) {
  const ask = asker(model);
  const set = (name, value) => { model.set(name, value); model.save_changes(); };
  const card = h("div", { class: "wb-card", hidden: true });
  const tools = h("div", { class: "wb-group", role: "group", "aria-label": "Tool" });
  const modes = h("div", { class: "wb-group", role: "group", "aria-label": "What a lasso does" });
  const shows = h("div", { class: "wb-group", role: "group", "aria-label": "What the map shows" });
  const methods = h("select", { "aria-label": "Layout", title: "Layout", onchange: () => ask("method", { name: methods.value, settings: {} }) });
  const gear = h("button", { title: "Settings of the layout", "aria-label": "Settings of the layout", onclick: () => set("form", !model.get("form")) }, "⚙");
  const note = h("div", { class: "wb-map-note", role: "status" });
  const columns = h("select", { "aria-label": "Colour by", title: "Colour by", onchange: () => ask("column", { name: columns.value }) });
  const summary = h("button", { class: "wb-summary", onclick: () => ask("clear") });
  const legend = h("div", { class: "wb-legend", role: "group", "aria-label": "Legend" });

  const press = (text, title, on, pressed) => h("button", { title, "aria-pressed": pressed == null ? null : String(pressed), onclick: on }, text);
  const choose = (select, names, now, label = (name) => name) =>
    select.replaceChildren(...names.map((name) => h("option", { value: name, selected: name === now }, label(name))));

  function beside() {
    const open = model.get("beside") === "open";
    return press(open ? "◫" : "✕", open ? "A second map beside this one, with a layout and colours of its own" : "Close this second map", () => ask("beside"));
  }

  function drawNote() {
    note.textContent = model.get("note");
    note.hidden = !note.textContent;
  }

  function drawTools() {
    const tool = model.get("tool"), mode = model.get("mode");
    tools.replaceChildren(
      press("Lasso", "Draw around points", () => ask("tool", { name: "lasso" }), tool === "lasso"),
      press("Box", "Draw a box around points", () => ask("tool", { name: "box" }), tool === "box"),
      press("Pan", "Move the map; the wheel zooms in every tool", () => ask("tool", { name: "pan" }), tool === "pan"));
    modes.replaceChildren(
      press("New", "The lasso starts a new selection", () => set("mode", "replace"), mode === "replace"),
      press("+", "The lasso adds (or hold Shift)", () => set("mode", "add"), mode === "add"),
      press("−", "The lasso removes (or hold Alt)", () => set("mode", "remove"), mode === "remove"),
      press("∩", "Of what is selected, the lasso keeps what it holds (or hold Shift and Alt)", () => set("mode", "intersect"), mode === "intersect"));
    shows.replaceChildren(
      press("⤢", "Show the whole map again", () => ask("whole")),
      press("Aa", "Names on the map", () => set("names", !model.get("names")), model.get("names")),
      press("▦", "Pictures on the map when you come close", () => set("pictures", !model.get("pictures")), model.get("pictures")),
      ...(model.get("beside") ? [beside()] : []));
    choose(methods, model.get("methods"), model.get("method"), (name) => LAYOUTS[name] ?? name);
    const own = Object.entries(model.get("settings")).map(([name, value]) => `${SETTINGS[name] ?? name} ${value}`).join(", ");
    methods.title = own ? `Layout: ${own}` : "Layout";
    gear.setAttribute("aria-pressed", String(model.get("form")));
    choose(columns, model.get("columns"), model.get("column"), (name) => name.replaceAll("_", " "));
    columns.hidden = model.get("columns").length < 2;
    const selected = model.get("selected");
    summary.textContent = `${model.get("summary")}${selected ? " ×" : ""}`;
    summary.disabled = !selected;
    summary.title = selected ? "Select nothing (or double click the map)" : "";
  }

  let typing = 0;
  const seek = h("input", { type: "search", class: "wb-seek", placeholder: "Find a class", "aria-label": "Find a class in the legend",
    oninput: () => { clearTimeout(typing); typing = setTimeout(() => ask("seek", { text: seek.value }), 200); } });
  const all = h("div", { class: "wb-row wb-legend-all" }, seek,
    h("button", { title: "Show every class", onclick: () => ask("all", { shown: true }) }, "All"), h("button", { title: "Hide every class, then click those to see", onclick: () => ask("all", { shown: false }) }, "None"));
  const MANY = 12;

  function drawLegend() {
    all.hidden = model.get("classes") <= MANY;
    if (document.activeElement !== seek) seek.value = model.get("sought");
    legend.replaceChildren(...model.get("legend").map((item) => h("button", {
      class: "wb-key", "aria-pressed": String(item.shown), title: "Click: hide or show. Shift or double click: only this one",
      onclick: (event) => ask("legend", { cluster: item.cluster, only: event.shiftKey }),
      ondblclick: () => ask("legend", { cluster: item.cluster, only: true }),
    }, h("i", { style: `background:${item.colour}` }), item.name, h("span", { class: "wb-quiet" }, item.count.toLocaleString("en")))),
    model.get("more") ? h("span", { class: "wb-quiet" }, `and ${model.get("more").toLocaleString("en")} more`) : "",
    model.get("sought") && !model.get("legend").length ? h("span", { class: "wb-quiet" }, `No class is called “${model.get("sought")}”.`) : "");
  }

  // The plot is a sibling that may be drawn later than this bar, and drawn again: look for it until it is there.
  let stop = () => {}, again = Date.now();
  function attach() {
    const plot = el.closest(".wb-map")?.querySelector(".js-plotly-plot");
    if (!plot?.on || !plot.querySelector(".nsewdrag")) return;
    // On a slow machine plotly's widget can be drawn before its data has arrived, and then stays empty: once more.
    if (!plot.data?.length) {
      if (Date.now() - again > 3000) { again = Date.now(); forgetDrawings(model).then(() => ask("again")); }
    } else if (plot.dataset.workbench == null) {
      plot.dataset.workbench = "";
      plot.parentElement.style.position = "relative";
      plot.parentElement.append(card, note);
      stop();
      stop = listen(model, ask, plot, card);
    }
  }
  const timer = setInterval(attach, 250);

  model.on("change:tool change:mode change:methods change:method change:settings change:form change:beside change:columns change:column change:names change:pictures change:summary change:selected change:working", drawTools);
  model.on("change:note", drawNote);
  model.on("change:legend change:more change:classes change:sought", drawLegend);
  el.classList.add("wb-panel", "wb-mapbar");
  keepKeys(el);
  el.append(h("div", { class: "wb-row" }, h("div", { class: "wb-group" }, methods, gear), columns, h("span", { class: "wb-space" }), summary), layoutForm(model, ask),
    h("div", { class: "wb-row" }, tools, modes, shows), all, legend, working(model, ask), status(model));
  drawTools();
  drawNote();
  drawLegend();
  return () => { clearInterval(timer); stop(); };
}

export default { render };
