// Lists of faces that grow as they come into view, crops that are asked for once, and walking by arrow keys.

const KEPT_CROPS = 4000;

// cropper(ask) returns crop(row) -> <img>; what many images want in one moment is asked for in one message
function cropper(ask) {
  const urls = new Map(), wanting = new Map();
  let timer = 0;
  async function fetchAll() {
    timer = 0;
    const rows = [...wanting.keys()].slice(0, 120);
    const images = rows.map((row) => wanting.get(row));
    rows.forEach((row) => wanting.delete(row));
    if (wanting.size) timer = setTimeout(fetchAll);
    const [, buffers] = await ask("crops", { rows });
    rows.forEach((row, i) => {
      urls.set(row, pictureUrl(buffers[i]));
      for (const image of images[i]) image.src = urls.get(row);
    });
    for (const row of [...urls.keys()].slice(0, Math.max(0, urls.size - KEPT_CROPS))) {
      URL.revokeObjectURL(urls.get(row));
      urls.delete(row);
    }
  }
  return (row, alt) => {
    const image = h("img", { alt, draggable: "false" });
    if (urls.has(row)) image.src = urls.get(row);
    else {
      wanting.set(row, [...(wanting.get(row) ?? []), image]);
      timer ||= setTimeout(fetchAll);
    }
    return image;
  };
}

// lazyGrid fills `grid` page by page; load(start, count) -> Promise of {items, total}; draw(item) -> node with data-key
function lazyGrid({ grid, scroller, load, draw, page = 48 }) {
  const end = h("div", { class: "wb-end" });
  let loaded = 0, total = 0, run = 0, loading = false, waiting = null;
  const near = () => end.getBoundingClientRect().top < scroller.getBoundingClientRect().bottom + 400 && grid.offsetParent;
  const makeReachable = () => { if (!grid.querySelector('[data-key][tabindex="0"]')) grid.querySelector("[data-key]")?.setAttribute("tabindex", "0"); };

  async function more() {
    if (loading || loaded >= total) return;
    loading = true;
    const mine = run;
    const got = await load(loaded, page);
    if (mine !== run) return;
    loading = false;
    grid.append(...(got.items ?? []).map(draw));
    loaded += got.items?.length ?? 0;
    total = got.items?.length ? got.total : loaded;
    makeReachable();
    if (near()) more();
  }

  // Draw again: in place (as much as there was, same scroll and focus) or from the top.
  async function restart(fromTop = false) {
    if (grid.querySelector("input.wb-rename")) { waiting = () => restart(fromTop); return; }
    const mine = ++run;
    loading = true;
    const got = await load(0, fromTop ? page : Math.min(Math.max(page, loaded), 12 * page));
    if (mine !== run || !got.items) return;
    loading = false;
    if (grid.querySelector("input.wb-rename")) { waiting = () => restart(fromTop); return; }
    const active = grid.contains(document.activeElement) ? document.activeElement.closest("[data-key]") : null;
    const key = active?.dataset.key, place = [...grid.children].indexOf(active);
    grid.replaceChildren(...got.items.map(draw));
    loaded = got.items.length;
    total = got.total;
    if (fromTop) scroller.scrollTop = 0;
    if (active) reach(grid, [...grid.children].find((n) => n.dataset.key === key) ?? grid.children[Math.min(place, grid.children.length - 1)]);
    makeReachable();
    if (loaded < total && near()) more();
  }

  new IntersectionObserver((entries) => entries[0].isIntersecting && more(), { root: scroller, rootMargin: "400px" }).observe(end);
  grid.after(end);
  return { restart, edited: () => { const again = waiting; waiting = null; again?.(); } };
}

// reach(grid, node): the one node of the grid that Tab leads to, and now the focus
function reach(grid, node) {
  grid.querySelectorAll('[data-key][tabindex="0"]').forEach((n) => n.setAttribute("tabindex", "-1"));
  node?.setAttribute("tabindex", "0");
  node?.focus();
}

// walk(event, grid): arrow keys, Home and End move the focus; true where the key was one of those
function walk(event, grid) {
  const here = event.target.closest("[data-key]");
  if (!here || event.target !== here) return false;
  const nodes = [...grid.children];
  const top = nodes[0].offsetTop;
  const across = nodes.findIndex((n) => n.offsetTop !== top);
  const columns = across < 1 ? nodes.length : across;
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -1e9, End: 1e9 };
  if (!(event.key in steps)) return false;
  reach(grid, nodes[Math.min(Math.max(nodes.indexOf(here) + steps[event.key], 0), nodes.length - 1)]);
  return true;
}

const number = (n) => (n ?? 0).toLocaleString("en");
const plural = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;
const IDENTITY = "application/x-workbench-identity", FACES = "application/x-workbench-faces";
