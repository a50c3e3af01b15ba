// @ts-check
// What the panels know of JupyterLab: its keys, its output areas and its theme.

// Keys that edit text with Ctrl or Command: they stay with whoever has the focus.
const EDITING = new Set(["a", "c", "v", "x", "y", "z", "enter"]);
const OUTPUT = ".jp-OutputArea, .jupyter-widgets-output-area, .output";
const OUTPUT_CHILD = ".jp-OutputArea-child";

/**
 * Plain keys pressed in a panel are no commands on the cell below it, but Ctrl+S still saves the notebook.
 * JupyterLab listens where the event bubbles to.
 * @param {HTMLElement} el
 */
export function keepKeys(el) {
  el.addEventListener("keydown", (event) => {
    const command = (event.ctrlKey || event.metaKey) && !EDITING.has(event.key.toLowerCase());
    if (!command) event.stopPropagation();
  });
}

/**
 * A key was used: the page does not scroll, and JupyterLab does not take it for a command on the cell.
 * @param {Event} event
 */
export function consume(event) {
  event.preventDefault();
  event.stopPropagation();
}

/**
 * Hide the static pictures in the output that `el` stands in.
 * @param {HTMLElement} el
 */
export function hideStills(el) {
  for (const node of el.closest(OUTPUT)?.querySelectorAll(".wb-still") ?? []) {
    const output = /** @type {HTMLElement} */ (node.closest(OUTPUT_CHILD) ?? node);
    output.style.display = "none";
  }
}

/**
 * Call `changed` when the theme changes; returns what stops it.
 * @param {() => void} changed
 * @returns {() => void}
 */
export function onTheme(changed) {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"],
  });
  return () => observer.disconnect();
}
