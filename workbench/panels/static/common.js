// Shared by the panels: elements, questions to Python, pictures from bytes, the busy line and the error area.

function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null)); // strings become text nodes: never parsed as HTML
  return node;
}

// keepKeys(el): plain keys pressed in a panel are not commands on the cell below it, but Ctrl+S still saves the notebook.
// JupyterLab listens where the event bubbles to; keys that edit text stay with whoever has the focus.
function keepKeys(el) {
  const stays = new Set(["a", "c", "v", "x", "y", "z", "enter"]);
  el.addEventListener("keydown", (event) => {
    const command = (event.ctrlKey || event.metaKey) && !stays.has(event.key.toLowerCase());
    if (!command) event.stopPropagation();
  });
}

// stayInTouch(model): anywidget gives a widget two seconds to start, and lets no message from Python through to one that
// took longer, as happens where a browser has much to do. A panel that is drawn has started: its messages, and those of the
// plot beside it, go past that gate, and what it missed is asked for.
async function stayInTouch(model) {
  for (const id of model.get("reached") ?? []) {
    const widget = await model.widget_manager?.get_model?.(id);
    let gate = widget;
    while (gate && !Object.hasOwn(gate, "_handle_comm_msg")) gate = Object.getPrototypeOf(gate);
    const hear = gate && Object.getPrototypeOf(gate)._handle_comm_msg;
    if (hear && widget.comm?.on_msg) widget.comm.on_msg(hear.bind(widget));
  }
  model.send({ ask: "state" });
}

// forgetDrawings(model): a plot of plotly that was taken off the page still listens, and fails at the next update before
// newer drawings have heard of it. The first listener of each kind is the plot's own, the others are its drawings.
async function forgetDrawings(model) {
  for (const id of model.get("reached").slice(1)) {
    const plot = await model.widget_manager?.get_model?.(id);
    for (const [name, listeners] of Object.entries(plot?._events ?? {})) if (name.startsWith("change:_py2js_")) listeners.splice(1);
  }
}

// asker(model) returns ask(name, data, buffers) -> Promise of [answer, buffers]
function asker(model) {
  const waiting = new Map();
  const prefix = Math.random().toString(36).slice(2);
  let last = 0;
  stayInTouch(model).catch((error) => console.warn("workbench:", error));
  model.on("msg:custom", (message, buffers) => {
    const done = waiting.get(message.id);
    if (!done) return;
    waiting.delete(message.id);
    done([message, buffers]);
  });
  return (name, data = {}, buffers = []) =>
    new Promise((done) => {
      const id = `${prefix}-${++last}`;
      waiting.set(id, done);
      model.send({ ask: name, id, ...data }, undefined, buffers);
    });
}

function pictureUrl(bytes, type = "image/jpeg") {
  return bytes && bytes.byteLength ? URL.createObjectURL(new Blob([bytes], { type })) : "";
}

// status(model) returns a node that shows what is going on and what went wrong, from two traits of the model
function status(model, doing = "busy", wrong = "error") {
  const busy = h("div", { class: "wb-busy", role: "status" });
  const error = h("div", { class: "wb-error", role: "alert" });
  const draw = () => {
    busy.textContent = model.get(doing);
    error.textContent = model.get(wrong);
    busy.hidden = !busy.textContent;
    error.hidden = !error.textContent;
  };
  model.on(`change:${doing} change:${wrong}`, draw);
  draw();
  return h("div", { class: "wb-status" }, busy, error);
}

// besidePointer(card, left, top, width, height) puts a hover card beside a place of an area of that size, and inside it
function besidePointer(card, left, top, width, height) {
  card.style.left = `${left > width / 2 ? left - card.offsetWidth - 14 : left + 14}px`;
  card.style.top = `${Math.max(4, Math.min(top - card.offsetHeight / 2, height - card.offsetHeight - 4))}px`;
}

const percent = (value) => `${Math.round(value * 100)} %`;
