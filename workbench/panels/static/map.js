// Map: toolbar, legend and hover card of the plot beside it. The plot is plotly's; the gestures are read here.

const CLICK_PIXELS = 4;
const DOUBLE_MILLISECONDS = 350;

function render({ model, el }) {
  const ask = asker(model);
  const set = (name, value) => { model.set(name, value); model.save_changes(); };
  const card = h("div", { class: "wb-card", hidden: true });
  const tools = h("div", { class: "wb-group", role: "group", "aria-label": "Tool" });
  const modes = h("div", { class: "wb-group", role: "group", "aria-label": "What a lasso does" });
  const methods = h("select", { "aria-label": "Layout", title: "Layout", onchange: () => ask("method", { name: methods.value }) });
  const summary = h("button", { class: "wb-summary", onclick: () => ask("clear") });
  const legend = h("div", { class: "wb-legend", role: "group", "aria-label": "Clusters" });
  const names = { umap: "UMAP", tsne: "t-SNE", pca: "PCA" };

  const press = (text, title, on, pressed) => h("button", { title, "aria-pressed": String(pressed), onclick: on }, text);
  function drawTools() {
    const tool = model.get("tool"), mode = model.get("mode");
    tools.replaceChildren(
      press("Lasso", "Draw around points", () => ask("tool", { name: "lasso" }), tool === "lasso"),
      press("Box", "Draw a box around points", () => ask("tool", { name: "box" }), tool === "box"),
      press("Pan", "Move the map; the wheel zooms in every tool", () => ask("tool", { name: "pan" }), tool === "pan"));
    modes.replaceChildren(
      press("New", "The lasso starts a new selection", () => set("mode", "replace"), mode === "replace"),
      press("+", "The lasso adds (or hold Shift)", () => set("mode", "add"), mode === "add"),
      press("−", "The lasso removes (or hold Alt)", () => set("mode", "remove"), mode === "remove"));
    methods.replaceChildren(...model.get("methods").map((m) => h("option", { value: m, selected: m === model.get("method") }, names[m] ?? m)));
    const selected = model.get("selected");
    summary.textContent = `${model.get("summary")}${selected ? " ×" : ""}`;
    summary.disabled = !selected;
    summary.title = selected ? "Select nothing (or double click the map)" : "";
  }

  function drawLegend() {
    legend.replaceChildren(...model.get("legend").map((item) => h("button", {
      class: "wb-key", "aria-pressed": String(item.shown), title: "Click: hide or show. Shift or double click: only this one",
      onclick: (event) => ask("legend", { cluster: item.cluster, only: event.shiftKey }),
      ondblclick: () => ask("legend", { cluster: item.cluster, only: true }),
    }, h("i", { style: `background:${item.colour}` }), item.name, h("span", { class: "wb-quiet" }, item.count.toLocaleString("en")))),
    model.get("more") ? h("span", { class: "wb-quiet" }, `and ${model.get("more").toLocaleString("en")} more`) : "");
  }

  function listen(plot) {
    let hovered = null, start = null, lastClick = 0, modifiers = {};
    const mode = () => (modifiers.alt ? "remove" : modifiers.shift ? "add" : model.get("mode"));
    const place = (event) => {
      const box = plot.parentElement.getBoundingClientRect();
      const left = event.clientX - box.left, top = event.clientY - box.top;
      card.style.left = `${left > box.width / 2 ? left - card.offsetWidth - 14 : left + 14}px`;
      card.style.top = `${Math.max(4, Math.min(top - card.offsetHeight / 2, box.height - card.offsetHeight - 4))}px`;
    };
    plot.parentElement.style.position = "relative";
    plot.parentElement.append(card);
    // Plotly sizes itself before the grid around it has settled, and then only listens to the window.
    let resizing = 0;
    new ResizeObserver(() => {
      clearTimeout(resizing);
      resizing = setTimeout(() => window.dispatchEvent(new Event("resize")), 100);
    }).observe(plot);
    plot.on("plotly_hover", async (data) => {
      const point = data.points.find((p) => p.curveNumber === 0);
      if (!point) return;
      hovered = point.pointNumber;
      const [answer, buffers] = await ask("hover", { point: hovered });
      if (hovered !== point.pointNumber || start) return;
      card.replaceChildren(h("img", { src: pictureUrl(buffers[0]), alt: "" }), h("b", {}, answer.name.split("/").pop()), h("span", { class: "wb-quiet" }, answer.cluster));
      card.hidden = false;
      place(data.event);
    });
    plot.on("plotly_unhover", () => { hovered = null; card.hidden = true; });
    plot.on("plotly_relayout", (change) => {
      const shape = change?.shapes?.[change.shapes.length - 1];
      if (shape) ask("draw", { shape: { type: shape.type, path: shape.path, x0: shape.x0, y0: shape.y0, x1: shape.x1, y1: shape.y1 }, mode: mode() });
    });
    plot.addEventListener("mousedown", (event) => {
      start = [event.clientX, event.clientY];
      modifiers = { shift: event.shiftKey, alt: event.altKey };
      card.hidden = true;
    }, true);
    window.addEventListener("mouseup", (event) => {
      if (!start) return;
      const moved = Math.hypot(event.clientX - start[0], event.clientY - start[1]);
      start = null;
      if (moved > CLICK_PIXELS) return;
      if (event.timeStamp - lastClick < DOUBLE_MILLISECONDS) ask("clear");
      else if (hovered !== null) ask("click", { point: hovered });
      lastClick = event.timeStamp;
    }, true);
  }

  // The plot is a sibling that may be drawn later than this bar, and drawn again: look for it until it is there.
  function attach() {
    const plot = el.closest(".wb-map")?.querySelector(".js-plotly-plot");
    if (plot?.on && plot.dataset.workbench == null) {
      plot.dataset.workbench = "";
      listen(plot);
    }
  }
  const timer = setInterval(attach, 250);

  model.on("change:tool change:mode change:methods change:method change:summary change:selected", drawTools);
  model.on("change:legend", drawLegend);
  el.classList.add("wb-panel", "wb-mapbar");
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  el.append(h("div", { class: "wb-row" }, methods, tools, modes, h("span", { class: "wb-space" }), summary), legend, status(model));
  drawTools();
  drawLegend();
  return () => clearInterval(timer);
}

export default { render };
