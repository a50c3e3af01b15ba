// Where: places. Lasso, box, click and hover on the map of the world; what they meet is asked of Python.

function render({ model, el }) {
  const ask = asker(model);
  const { modeOf, modes: modesNow } = selecting(model, "A lasso");
  const number = (n) => n.toLocaleString("en");
  const canvas = h("canvas", { tabindex: "0", role: "application", "aria-label": "Map of places. Arrow keys move it, plus and minus zoom; Enter selects what is in view, Shift Enter adds it, Alt Enter removes it, Escape selects nothing." });
  const card = h("div", { class: "wb-where-card", hidden: true });
  const credit = h("div", { class: "wb-where-credit" });
  const stage = h("div", { class: "wb-where-stage" }, canvas, card, credit);
  const tools = h("div", { class: "wb-group", role: "group", "aria-label": "Tool" });
  const modes = h("div", { class: "wb-group", role: "group", "aria-label": "What a lasso does" });
  const zooms = h("div", { class: "wb-group", role: "group", "aria-label": "Zoom" },
    press("−", "Zoom out", () => { map.zoom(0.5); moved(); }), press("+", "Zoom in", () => { map.zoom(2); moved(); }), press("⤢", "Show all images that have a place", () => ask("turn", { to: "whole" })));
  const world = press("World", "Show the world", () => ask("turn", { to: "world" }));
  const view = press("Select in view", "Select what is in view; Shift adds, Alt removes", (event) => inView(event));
  const unplaced = h("button", { class: "wb-where-unplaced", onclick: (event) => ask("unplaced", { mode: modeOf(event) }) });
  const bar = h("div", { class: "wb-row" }, tools, modes, zooms, world, view, h("span", { class: "wb-space" }), unplaced);
  const words = h("p", { class: "wb-where-text" });
  const key = h("div", { class: "wb-row wb-quiet wb-where-key" });
  const body = h("div", { class: "wb-where-body" }, bar, stage, key, words);

  let circles = new Float64Array(), drawn = [], start = null, held = {}, far = 0, still = 0, pointer = 0, wait = 0, asked = false, turn = 0, frame = 0;
  const draw = () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(() => { map.draw(circles, model.get("selected") > 0, model.get("ring"), drawn, model.get("tiles")); drawCredit(); }); };
  const map = worldMap(canvas, draw);
  const inView = (event) => { const [w, h] = map.size(), [x0, y0] = map.toWorld(0, 0), [x1, y1] = map.toWorld(w, h); ask("box", { x0, y0, x1, y1, mode: modeOf(event) }); };
  const at = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };

  function moved() {
    draw();
    clearTimeout(wait);
    wait = setTimeout(() => { const [width, height] = map.size(); if (width) ask("view", { ...map.view, width, height }); }, 120);
  }
  async function open() {
    if (!fold.open || asked) return;
    asked = true;
    const [about, [coasts, borders]] = await ask("outline");
    map.outline(lines(coasts, about.coasts, true), lines(borders, about.borders, false));
    draw();
  }
  function take() {
    const bytes = model.get("circles"), look = model.get("look");
    if (bytes?.byteLength != null) circles = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    if (look.turn && look.turn !== turn) {
      turn = look.turn;
      Object.assign(map.view, { x: look.x, y: look.y, scale: look.scale });
      moved();
    }
    draw();
  }
  function drawCredit() {
    const tiles = model.get("tiles") && (model.get("credit") || "Tiles from a server");
    credit.textContent = map.silent() ? "No tile comes from that server. Outline: Natural Earth" : tiles || "Natural Earth";
  }
  function drawBar() {
    const tool = model.get("tool"), some = model.get("placed") > 0;
    tools.replaceChildren(...[["lasso", "Lasso", "Draw around images"], ["box", "Box", "Draw a box around images"], ["pan", "Pan", "Move the map; the wheel zooms in every tool"]].map(([name, text, title]) => press(text, title, () => ask("tool", { name }), tool === name)));
    modes.replaceChildren(...modesNow());
    for (const node of [bar, stage, key]) node.hidden = !some;
    words.textContent = model.get("text");
    unplaced.hidden = !model.get("unplaced");
    unplaced.textContent = `Select ${number(model.get("unplaced"))} without a place`;
    key.replaceChildren(h("i", { class: "wb-where-image" }), "images; the more, the larger", h("i", { class: "wb-where-hit" }), "hits", h("i", { class: "wb-where-selected" }), "selected");
    canvas.style.cursor = tool === "pan" ? "grab" : "crosshair";
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 1) return;
    start = { at: at(event), x: map.view.x, y: map.view.y, pan: event.button === 1 || model.get("tool") === "pan" };
    held = { altKey: event.altKey, shiftKey: event.shiftKey };
    far = 0;
    leave();
    canvas.setPointerCapture(event.pointerId);
    canvas.focus();
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    const [left, top] = at(event);
    if (!start) { clearTimeout(still); still = setTimeout(() => hover(event), 60); return; }
    const [x, y] = start.at;
    far = Math.max(far, Math.hypot(left - x, top - y));
    if (start.pan) { Object.assign(map.view, { x: start.x - (left - x) / map.view.scale, y: start.y + (top - y) / map.view.scale }); map.clamp(); moved(); }
    else if (model.get("tool") === "box") drawn = [[x, y], [left, y], [left, top], [x, top]].map((corner) => map.toWorld(...corner));
    else drawn = [...(drawn.length ? drawn : [map.toWorld(x, y)]), map.toWorld(left, top)];
    draw();
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!start) return;
    const path = drawn, mode = modeOf(held), pan = start.pan;
    start = null;
    drawn = [];
    draw();
    const [x, y] = map.toWorld(...at(event));
    if (far < 4) ask("click", { x, y });
    else if (!pan && model.get("tool") === "box") ask("box", { x0: path[0][0], y0: path[0][1], x1: path[2][0], y1: path[2][1], mode });
    else if (!pan) ask("lasso", { mode }, [Float64Array.from(path.flat()).buffer]);
  });
  canvas.addEventListener("pointercancel", () => { start = null; drawn = []; draw(); });
  canvas.addEventListener("pointerleave", () => leave());
  canvas.addEventListener("wheel", (event) => { event.preventDefault(); leave(); map.zoom(Math.exp(-event.deltaY / 400), ...at(event)); moved(); }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const [w, h] = map.size(), step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (step) { map.view.x += (step[0] * w) / 6 / map.view.scale; map.view.y += (step[1] * h) / 6 / map.view.scale; map.clamp(); moved(); }
    else if (event.key === "+" || event.key === "-") { map.zoom(event.key === "+" ? 1.5 : 1 / 1.5); moved(); }
    else if (event.key === "Enter") inView(event);
    else if (event.key === "Escape") ask("clear");
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  function leave() { clearTimeout(still); pointer++; card.hidden = true; }
  async function hover(event) {
    const mine = ++pointer, [left, top] = at(event), [x, y] = map.toWorld(left, top);
    const [answer, buffers] = await ask("hover", { x, y });
    if (mine !== pointer || start) return;
    card.hidden = !(answer.row >= 0);
    if (card.hidden) return;
    const more = answer.near > 1 ? [h("span", { class: "wb-quiet" }, `the nearest of ${number(answer.near)} here`)] : [];
    card.replaceChildren(h("img", { src: pictureUrl(buffers[0]), alt: "" }), h("b", {}, answer.name.split("/").pop()), h("span", { class: "wb-quiet" }, answer.where), ...more);
    besidePointer(card, left, top, ...map.size());
  }

  const fold = h("details", { open: model.get("unfolded"), ontoggle: () => { ask("unfold", { on: fold.open }); open(); } }, h("summary", {}, "Where", h("span", { class: "wb-quiet" }, "The places of images on a map of the world")), body, status(model));
  model.on("change:circles change:look change:ring change:selected change:tiles", take);
  model.on("change:tool change:mode change:text change:placed change:unplaced change:credit", () => { drawBar(); draw(); });
  model.on("change:unfolded", () => { fold.open = model.get("unfolded"); });
  const watch = new ResizeObserver(() => moved());
  watch.observe(canvas);
  const theme = new MutationObserver(draw);
  theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
  el.classList.add("wb-panel", "wb-where");
  keepKeys(el);
  el.append(fold);
  drawBar();
  take();
  open();
  return () => { watch.disconnect(); theme.disconnect(); clearTimeout(wait); cancelAnimationFrame(frame); };
}

export default { render };
