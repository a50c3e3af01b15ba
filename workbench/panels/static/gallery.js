// Gallery: pages of thumbnails are asked for as they come near the view; arrow keys walk, Enter looks, L asks "like this".

const PAGE = 60;

function tile(item, bytes, on) {
  const name = item.name.split("/").pop();
  const score = item.score == null ? "" : [item.score.toFixed(2), ...(item.probability == null ? [] : [percent(item.probability)])].join(" · ");
  const picture = h("img", { src: pictureUrl(bytes), alt: item.name, loading: "lazy", draggable: "false" });
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
  const like = h("button", {
    class: "wb-like", tabindex: "-1", title: "More like this (L); with Shift: add to the query", "aria-label": `More like ${name}`,
    onclick: (event) => { event.stopPropagation(); on.like(item.row, event.shiftKey); },
  }, "≈ like this");
  return h("div", {
    class: "wb-tile", role: "option", tabindex: "-1", "data-row": item.row, title: item.name,
    "aria-label": score ? `${name}, score ${score}` : name, onclick: () => on.focus(item.row),
  }, picture, item.box ? boxOver(item.box, item.shape) : null, h("div", { class: "wb-name" }, name), score ? h("div", { class: "wb-score" }, score) : null, like);
}

function columns(grid) {
  const tiles = grid.querySelectorAll(".wb-tile");
  const top = tiles[0]?.offsetTop;
  return Math.max(1, [...tiles].findIndex((t) => t.offsetTop !== top)) || tiles.length || 1;
}

function render({ model, el }) {
  const ask = asker(model);
  const on = { focus: (row) => ask("focus", { row }), like: (row, add) => ask("like", { row, add }) };
  const grid = h("div", { class: "wb-grid", role: "listbox", "aria-label": "Thumbnails" });
  const end = h("div", { class: "wb-end" });
  const empty = h("div", { class: "wb-empty" });
  const scroller = h("div", { class: "wb-scroll" }, empty, grid, end);
  const tabs = h("div", { class: "wb-group", role: "tablist" });
  const size = h("input", { type: "range", min: 64, max: 256, step: 16, "aria-label": "Size of the thumbnails", title: "Size" });
  let loaded = 0, loading = false, done = false, version = -1;

  function drawTabs() {
    const counts = model.get("counts");
    const names = { hits: "Hits", selection: "Selection", all: "All" };
    tabs.replaceChildren(...Object.entries(names).map(([key, text]) => h("button", {
      role: "tab", "aria-selected": String(model.get("show") === key),
      onclick: () => { model.set("show", key); model.save_changes(); },
    }, `${text} ${(counts[key] ?? 0).toLocaleString("en")}`)));
    const hints = {
      hits: counts.query ? "Nothing passes the threshold. Lower it, or ask in other words." : "Ask in words above, or click “≈ like this” on a thumbnail.",
      selection: "Draw a lasso on the map. Shift adds, Alt removes, double click clears.",
      all: "No images yet. Run case.ingest(), then make the Workspace again.",
    };
    empty.textContent = hints[model.get("show")];
    empty.hidden = Boolean(counts[model.get("show")]);
  }

  async function more() {
    if (loading || done) return;
    loading = true;
    const wanted = version;
    const [answer, buffers] = await ask("page", { start: loaded, count: PAGE, version });
    loading = false;
    if (wanted !== version || !answer.items) return more();
    const first = loaded === 0;
    grid.append(...answer.items.map((item, i) => tile(item, buffers[i], on)));
    loaded += answer.items.length;
    done = loaded >= answer.total || answer.items.length === 0;
    if (first) grid.querySelector(".wb-tile")?.setAttribute("tabindex", "0");
    markFocus();
    if (!done && end.getBoundingClientRect().top < scroller.getBoundingClientRect().bottom + 400) more();
  }

  function restart() {
    version = model.get("version");
    loaded = 0;
    done = false;
    grid.replaceChildren();
    scroller.scrollTop = 0;
    drawTabs();
    more();
  }

  function markFocus() {
    const row = String(model.get("focus"));
    for (const node of grid.children) node.setAttribute("aria-selected", String(node.dataset.row === row));
  }

  function walk(event) {
    const here = event.target.closest(".wb-tile");
    if (!here) return;
    const tiles = [...grid.children];
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(grid), ArrowUp: -columns(grid), Home: -1e9, End: 1e9 };
    if (event.key in steps) {
      const next = tiles[Math.min(Math.max(tiles.indexOf(here) + steps[event.key], 0), tiles.length - 1)];
      here.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    } else if (event.key === "Enter" || event.key === " ") on.focus(Number(here.dataset.row));
    else if (event.key.toLowerCase() === "l") on.like(Number(here.dataset.row), event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation(); // or JupyterLab takes the key for a command on the cell
  }

  const setSize = () => { size.value = model.get("size"); grid.style.setProperty("--wb-size", `${model.get("size")}px`); };
  size.addEventListener("input", () => { model.set("size", Number(size.value)); model.save_changes(); setSize(); });
  grid.addEventListener("keydown", walk);
  new IntersectionObserver((entries) => entries[0].isIntersecting && more(), { root: scroller, rootMargin: "400px" }).observe(end);
  model.on("change:version", restart);
  model.on("change:counts change:show", drawTabs);
  model.on("change:focus", markFocus);
  model.on("change:size", setSize);
  el.classList.add("wb-panel", "wb-gallery");
  el.append(h("div", { class: "wb-row" }, tabs, h("span", { class: "wb-space" }), h("label", { class: "wb-row wb-quiet" }, "Size", size)), status(model), scroller);
  setSize();
  restart();
}

export default { render };
