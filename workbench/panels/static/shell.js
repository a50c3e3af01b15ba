// @ts-check
// Shell: while the widgets live, the still picture above them (for readers without a kernel) is hidden.

import { hideStills } from "./jupyterlab.js";

/** @param {import("./types.js").View} view */
function render({ el }) {
  el.style.display = "none";
  const hide = () => hideStills(el);
  requestAnimationFrame(hide);
  setTimeout(hide, 300);
}

export default { render };
