// @ts-check
// What the panels know of the insides of ipywidgets and anywidget.

/** @typedef {import("./types.js").Model} Model */

/**
 * @param {Model} model
 * @param {string} id a model id
 * @returns {Promise<any>} the widget of that id as ipywidgets keeps it, undefined where there is none
 */
const widgetOf = (model, id) => model.widget_manager?.get_model?.(id);

/**
 * anywidget gives a widget two seconds to start, and lets no message from Python through to one that took
 * longer, as happens where a browser has much to do. A panel that is drawn has started: its messages, and
 * those of the plot beside it, go past that gate, and what it missed is asked for.
 * @param {Model} model
 */
export async function stayInTouch(model) {
  for (const id of model.get("reached") ?? []) {
    const widget = await widgetOf(model, id);
    let gate = widget;
    while (gate && !Object.hasOwn(gate, "_handle_comm_msg")) gate = Object.getPrototypeOf(gate);
    const hear = gate && Object.getPrototypeOf(gate)._handle_comm_msg;
    if (hear && widget.comm?.on_msg) widget.comm.on_msg(hear.bind(widget));
  }
  model.send({ ask: "state" });
}

/**
 * Leave only the first listener of each event whose name starts so, for the models reached besides the
 * panel's own.
 * @param {Model} model
 * @param {string} prefix
 */
export async function keepFirstListener(model, prefix) {
  for (const id of model.get("reached").slice(1)) {
    const events = (await widgetOf(model, id))?._events ?? {};
    for (const [name, listeners] of Object.entries(events)) if (name.startsWith(prefix)) listeners.splice(1);
  }
}
