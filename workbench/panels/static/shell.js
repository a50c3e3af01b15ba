// Shell: while the widgets live, the still picture above them (for readers without a kernel) is hidden.

function render({ el }) {
  el.style.display = "none";
  const hide = () => {
    const output = el.closest(".jp-OutputArea, .jupyter-widgets-output-area, .output");
    output?.querySelectorAll(".wb-still").forEach((node) => { (node.closest(".jp-OutputArea-child") ?? node).style.display = "none"; });
  };
  requestAnimationFrame(hide);
  setTimeout(hide, 300);
}

export default { render };
