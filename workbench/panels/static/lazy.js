// @ts-check
// Lists that grow as they come into view, and walking in them by arrow keys. Each node of a list has a
// `data-key`.

import { focusOn, h } from "./dom.js";
import { clamp } from "./format.js";

/**
 * @typedef {object} Page
 * @property {any[]} [items] missing where the question was about a list that is no longer there
 * @property {number} total
 */

const NEAR = 400; // pixels below the view from where on more is loaded
const PAGES_KEPT = 12; // how many pages are drawn again at once

/**
 * Fill `grid` page by page as `scroller` comes near its end.
 * @param {object} list
 * @param {HTMLElement} list.grid
 * @param {HTMLElement} list.scroller
 * @param {(start: number, count: number) => Promise<Page>} list.load
 * @param {(item: any) => HTMLElement} list.draw
 * @param {number} [list.page]
 * @param {() => void} [list.grown] called whenever nodes were added
 */
export function lazyGrid({ grid, scroller, load, draw, page = 48, grown = () => {} }) {
  const end = h("div", { class: "wb-end" });
  let loaded = 0;
  let total = 0;
  let run = 0;
  let loading = false;
  /** @type {(() => void) | null} */
  let waiting = null;
  const near = () =>
    end.getBoundingClientRect().top < scroller.getBoundingClientRect().bottom + NEAR && grid.offsetParent;
  const isEdited = () => grid.querySelector("input.wb-rename") !== null;

  function makeReachable() {
    if (grid.querySelector('[data-key][tabindex="0"]')) return;
    grid.querySelector("[data-key]")?.setAttribute("tabindex", "0");
  }

  async function more() {
    if (loading || loaded >= total) return;
    loading = true;
    const mine = run;
    const got = await load(loaded, page);
    if (mine !== run) return;
    loading = false;
    const items = got.items ?? [];
    grid.append(...items.map(draw));
    loaded += items.length;
    total = items.length ? got.total : loaded;
    makeReachable();
    grown();
    if (near()) more();
  }

  /**
   * Draw again: in place (as much as there was, same scroll and focus) or from the top.
   * @returns {Promise<void>}
   */
  async function restart(fromTop = false) {
    const again = () => restart(fromTop);
    if (isEdited()) {
      waiting = again;
      return;
    }
    const mine = ++run;
    loading = true;
    const got = await load(0, fromTop ? page : clamp(loaded, page, PAGES_KEPT * page));
    if (mine !== run || !got.items) return;
    loading = false;
    if (isEdited()) {
      waiting = again;
      return;
    }
    const active = activeIn(grid);
    const key = active?.dataset.key;
    const place = active ? [...grid.children].indexOf(active) : -1;
    grid.replaceChildren(...got.items.map(draw));
    loaded = got.items.length;
    total = got.total;
    if (fromTop) scroller.scrollTop = 0;
    const nodes = nodesOf(grid);
    if (active)
      reach(grid, nodes.find((node) => node.dataset.key === key) ?? nodes[Math.min(place, nodes.length - 1)]);
    makeReachable();
    grown();
    if (loaded < total && near()) more();
  }

  /** What could not be drawn again while a name was edited is drawn now. */
  function edited() {
    const again = waiting;
    waiting = null;
    again?.();
  }

  const observer = new IntersectionObserver((entries) => entries[0].isIntersecting && more(), {
    root: scroller,
    rootMargin: `${NEAR}px`,
  });
  observer.observe(end);
  // The observer tells of changes between two frames only: on a busy page the list can be filled and scrolled
  // in one.
  scroller.addEventListener("scroll", () => near() && more(), { passive: true });
  grid.after(end);
  return { restart, edited };
}

/**
 * @param {HTMLElement} grid
 * @returns {HTMLElement[]}
 */
export const nodesOf = (grid) => /** @type {HTMLElement[]} */ ([...grid.children]);

/**
 * @param {HTMLElement} grid
 * @returns {HTMLElement | null} the node of the grid that has the focus, or has in it what has
 */
export function activeIn(grid) {
  const active = document.activeElement;
  return active && grid.contains(active) ? active.closest("[data-key]") : null;
}

/**
 * Make a node the one of the grid that Tab leads to, and give it the focus.
 * @param {HTMLElement} grid
 * @param {Element | null | undefined} node
 */
export function reach(grid, node) {
  for (const other of grid.querySelectorAll('[data-key][tabindex="0"]')) other.setAttribute("tabindex", "-1");
  node?.setAttribute("tabindex", "0");
  focusOn(node);
}

/**
 * Where an arrow key, Home or End leads in a grid.
 * @param {string} key
 * @param {number} at position now
 * @param {number} count
 * @param {number} columns
 * @returns {number | null} null: the key is none of those
 */
export function stepTo(key, at, count, columns) {
  /** @type {Record<string, number>} */
  const steps = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: columns,
    ArrowUp: -columns,
    Home: -count,
    End: count,
  };
  return key in steps ? clamp(at + steps[key], 0, count - 1) : null;
}

/**
 * Move the focus by the arrow keys, Home and End.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} grid
 * @returns {boolean} whether the key was one of those, pressed on a node of the grid
 */
export function walk(event, grid) {
  const here = /** @type {HTMLElement} */ (event.target).closest("[data-key]");
  if (!(here instanceof HTMLElement) || event.target !== here) return false;
  const nodes = nodesOf(grid);
  const top = nodes[0].offsetTop;
  const across = nodes.findIndex((node) => node.offsetTop !== top);
  const to = stepTo(event.key, nodes.indexOf(here), nodes.length, across < 1 ? nodes.length : across);
  if (to === null) return false;
  reach(grid, nodes[to]);
  return true;
}
