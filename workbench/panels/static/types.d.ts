// The shapes that the panels share. Traits and answers of Python come as `any`: what is in them is told by
// the panels in Python.

/** Pictures and numbers as they come from Python. */
export type Bytes = DataView;

export type Child = Node | string | null | undefined;

type Listeners = {
  [Name in keyof GlobalEventHandlersEventMap as `on${Name}`]?:
    | ((
        event: GlobalEventHandlersEventMap[Name] & { currentTarget: HTMLElement; target: HTMLElement },
      ) => unknown)
    | null;
};

export type Attributes = Listeners & Record<string, unknown>;

/** The model of anywidget: traits that Python and the browser share. */
export interface Model {
  get(name: string): any;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(names: string, heard: (message: any, buffers: Bytes[]) => void): void;
  send(message: object, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  widget_manager?: any;
}

/**
 * Ask Python: `_answer_<name>` of the panel gets the data and the buffers; its answer comes with buffers of
 *   its own.
 */
export type Ask = (name: string, data?: object, buffers?: ArrayBuffer[]) => Promise<[any, Bytes[]]>;

export interface View {
  model: Model;
  el: HTMLElement;
}

/** Where the pointer is on the page, in pixels. */
export interface PointerPlace {
  clientX: number;
  clientY: number;
}

export interface Point {
  x: number;
  y: number;
}

/** The element of a plot of plotly. */
export interface Plot extends HTMLElement {
  on(event: string, heard: () => void): void;
  data?: { meta?: number }[];
  layout: { width?: number; height?: number };
  _fullLayout: {
    width: number;
    height: number;
    xaxis: { range: [number, number] };
    yaxis: { range: [number, number] };
  };
  _fullData?: any[];
  parentElement: HTMLElement;
}

/** Two numbers: x and y, or width and height. */
export type Pair = [number, number];

/** x, y, width, height. */
export type Box = [number, number, number, number];
