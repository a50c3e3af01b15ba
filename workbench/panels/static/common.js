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

// asker(model) returns ask(name, data, buffers) -> Promise of [answer, buffers]
function asker(model) {
  const waiting = new Map();
  const prefix = Math.random().toString(36).slice(2);
  let last = 0;
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

const percent = (value) => `${Math.round(value * 100)} %`;
