import assert from "node:assert/strict";
import test from "node:test";
import { asker, setter } from "../../workbench/panels/static/panel.js";
import { placeOf } from "../../workbench/panels/static/plotly.js";
import { keepFirstListener, stayInTouch } from "../../workbench/panels/static/widgets.js";

function modelOf(traits = {}, widgets = {}) {
  const listeners = [];
  const sent = [];
  return {
    sent,
    traits,
    saved: 0,
    get: (name) => traits[name],
    set: (name, value) => {
      traits[name] = value;
    },
    save_changes() {
      this.saved++;
    },
    on: (_, heard) => listeners.push(heard),
    send: (message, _, buffers) => sent.push([message, buffers]),
    answer: (message, buffers) => {
      for (const heard of listeners) heard(message, buffers);
    },
    widget_manager: { get_model: async (id) => widgets[id] },
  };
}

test("each answer goes to its question, in whichever order they come", async () => {
  const model = modelOf({ reached: [] });
  const ask = asker(model);
  const [first, second] = [ask("hover", { x: 1 }), ask("hover", { x: 2 })];
  const [one, two] = model.sent.filter(([message]) => message.ask === "hover").map(([message]) => message);
  assert.equal(two.x, 2);
  model.answer({ id: two.id, row: 20 }, ["b"]);
  model.answer({ id: "another panel's", row: 0 }, []);
  model.answer({ id: one.id, row: 10 }, ["a"]);
  assert.deepEqual(await first, [{ id: one.id, row: 10 }, ["a"]]);
  assert.deepEqual(await second, [{ id: two.id, row: 20 }, ["b"]]);
});

test("a trait that is set here is told to Python", () => {
  const model = modelOf({ mode: "replace" });
  setter(model)("mode", "add");
  assert.deepEqual([model.traits.mode, model.saved], ["add", 1]);
});

// As anywidget does it: the model of a widget that started too late drops its messages.
class Base {
  heard = [];
  _handle_comm_msg(message) {
    this.heard.push(message);
  }
}
class Gated extends Base {
  _handle_comm_msg() {}
}
class Late extends Gated {}

test("a panel that started late hears messages past the gate, and asks for what it missed", async () => {
  const late = new Late();
  late.comm = {
    on_msg: (hear) => {
      late.comm.hear = hear;
    },
  };
  const model = modelOf({ reached: ["late", "gone"] }, { late });
  await stayInTouch(model);
  late.comm.hear("update");
  assert.deepEqual(late.heard, ["update"]);
  assert.deepEqual(model.sent, [[{ ask: "state" }, undefined]]);
});

test("drawings of a plot that are gone stop listening, the plot and other events stay", async () => {
  const plot = {
    _events: { "change:_py2js_update": ["own", "gone", "gone too"], "change:layout": ["a", "b"] },
  };
  const panel = { _events: { "change:_py2js_update": ["x", "y"] } };
  await keepFirstListener(modelOf({ reached: ["panel", "plot"] }, { panel, plot }), "change:_py2js_");
  assert.deepEqual(plot._events, { "change:_py2js_update": ["own"], "change:layout": ["a", "b"] });
  assert.deepEqual(panel._events, { "change:_py2js_update": ["x", "y"] });
});

test("a pointer on the plot is a place on the map", () => {
  const box = { left: 100, top: 50, width: 200, height: 100 };
  const plot = {
    _fullLayout: { xaxis: { range: [-1, 1] }, yaxis: { range: [0, 10] } },
    querySelector: () => ({ getBoundingClientRect: () => box }),
  };
  assert.deepEqual(placeOf(plot, { clientX: 100, clientY: 150 }), { x: -1, y: 0 });
  assert.deepEqual(placeOf(plot, { clientX: 250, clientY: 50 }), { x: 0.5, y: 10 });
});
