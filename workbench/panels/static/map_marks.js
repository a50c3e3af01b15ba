// Marks: names of classes and, close up, the pictures themselves, laid over the plot and moved along with it.

// seen(plot) returns what part of the map the plot shows, and how large it is on the page
function seen(plot) {
  const { xaxis, yaxis } = plot._fullLayout, box = plot.querySelector(".nsewdrag").getBoundingClientRect();
  return { x: [...xaxis.range], y: [...yaxis.range], width: box.width, height: box.height, box };
}

// placeOf(plot, event) returns where on the map the pointer is
function placeOf(plot, event) {
  const { x, y, box } = seen(plot);
  return {
    x: x[0] + ((event.clientX - box.left) / box.width) * (x[1] - x[0]),
    y: y[1] - ((event.clientY - box.top) / box.height) * (y[1] - y[0]),
  };
}

// marker(model, ask, plot) returns { load, move }: load() asks for the marks in view, move() follows the plot
function marker(model, ask, plot) {
  const layer = h("div", { class: "wb-marks", "aria-hidden": "true" });
  let marks = [], urls = [], asked = 0;
  plot.parentElement.append(layer);

  function move() {
    const { x, y, box } = seen(plot), home = layer.getBoundingClientRect();
    layer.style.clipPath = `inset(${box.top - home.top}px ${home.right - box.right}px ${home.bottom - box.bottom}px ${box.left - home.left}px)`;
    for (const { node, at } of marks) {
      const left = box.left - home.left + ((at.x - x[0]) / (x[1] - x[0])) * box.width;
      const top = box.top - home.top + ((y[1] - at.y) / (y[1] - y[0])) * box.height;
      const above = node.tagName === "SPAN" ? "-140%" : "-50%"; // a name stands above its class and covers no point
      node.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px) translate(-50%, ${above})`;
    }
  }

  async function load() {
    const mine = ++asked;
    const [{ names = [], pictures = [] }, buffers] = await ask("marks");
    if (mine !== asked) return; // a later question is on its way
    urls.forEach((url) => URL.revokeObjectURL(url));
    urls = model.get("pictures") ? pictures.map((_, i) => pictureUrl(buffers[i])) : [];
    marks = [
      ...urls.map((url, i) => ({ at: pictures[i], node: h("img", { src: url, alt: "", style: `border-color:${pictures[i].colour}` }) })),
      ...(model.get("names") ? names : []).map((at) => ({ at, node: h("span", { style: `--wb-class:${at.colour}` }, at.name) })),
    ];
    layer.replaceChildren(...marks.map((mark) => mark.node));
    move();
  }

  for (const event of ["plotly_relayouting", "plotly_relayout", "plotly_afterplot"]) plot.on(event, move);
  model.on("change:drawing change:names change:pictures", load);
  load();
  return { load, move };
}
