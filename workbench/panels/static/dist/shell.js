// Built by esbuild 0.28.2 from jupyterlab.js shell.js sha256:9fe6a57f2a658ac785ccdd6ba2a4b65f2f0418042508900bcca7968debb15445
// jupyterlab.js
var OUTPUT = ".jp-OutputArea, .jupyter-widgets-output-area, .output";
var OUTPUT_CHILD = ".jp-OutputArea-child";
function hideStills(el) {
  for (const node of el.closest(OUTPUT)?.querySelectorAll(".wb-still") ?? []) {
    const output = (
      /** @type {HTMLElement} */
      node.closest(OUTPUT_CHILD) ?? node
    );
    output.style.display = "none";
  }
}

// shell.js
function render({ el }) {
  el.style.display = "none";
  const hide = () => hideStills(el);
  requestAnimationFrame(hide);
  setTimeout(hide, 300);
}
var shell_default = { render };
export {
  shell_default as default
};
