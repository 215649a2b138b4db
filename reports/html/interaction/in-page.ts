/**
 * What a page's charts can do where JavaScript is on: lines that are shown and hidden by the legend, and a stretch of time that every chart
 * over time is zoomed into. The page goes without: this adds buttons to what is drawn already, and asks nothing of anybody.
 *
 * The text of this one function goes into the page, so that it may use nothing from outside itself.
 */

/** What it uses of a browser. The project's own types know Node only. */
export interface InPage {
  readonly document: {
    querySelectorAll(selector: string): Iterable<Part>;
    createElement(name: string): Part;
    createElementNS(space: string, name: string): Part;
  };
}

export interface Part {
  textContent: string | null;
  className: unknown;
  readonly dataset: Record<string, string | undefined>;
  readonly parentElement: Part;
  querySelectorAll(selector: string): Iterable<Part>;
  querySelector(selector: string): Part | null;
  closest(selector: string): Part | null;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  toggleAttribute(name: string, force: boolean): void;
  append(...parts: readonly (Part | string)[]): void;
  before(...parts: readonly Part[]): void;
  replaceChildren(...parts: readonly (Part | string)[]): void;
  remove(): void;
  addEventListener(type: string, listener: (event: PointerAt) => void): void;
  setPointerCapture(id: number): void;
  getBoundingClientRect(): { readonly left: number; readonly width: number };
  readonly childNodes: Iterable<Part>;
}

interface PointerAt {
  readonly clientX: number;
  readonly pointerId: number;
  readonly pointerType: string;
  readonly button: number;
  preventDefault(): void;
}

export function inPage({ document }: InPage): void {
  const SVG = 'http://www.w3.org/2000/svg';
  /** Pixels of the drawing; less is a click. */
  const LEAST_DRAG = 6;
  /** Milliseconds. */
  const LEAST_RANGE = 500;
  const TICKS = 8;

  const make = (name: string, attributes: Readonly<Record<string, string>>, text = ''): Part => {
    const part =
      name === 'button' || name === 'div' || name === 'span' ? document.createElement(name) : document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
    if (text !== '') part.textContent = text;
    return part;
  };

  const toggles = (figure: Part): void => {
    const keys = [...figure.querySelectorAll('.legend li[data-series]')];
    if (keys.length < 2) return;
    for (const key of keys) {
      const name = key.dataset.series ?? '';
      const button = make('button', {
        type: 'button',
        class: 'series-toggle',
        'aria-pressed': 'true',
        title: `Show or hide ${name}`,
      });
      button.append(...key.childNodes);
      key.append(button);
      button.addEventListener('click', () => {
        const shown = button.getAttribute('aria-pressed') !== 'true';
        button.setAttribute('aria-pressed', String(shown));
        for (const part of figure.querySelectorAll('svg [data-series]'))
          if (part.dataset.series === name) part.toggleAttribute('hidden', !shown);
      });
    }
  };

  interface Zoomable {
    readonly svg: Part;
    readonly endMs: number;
    readonly left: number;
    readonly width: number;
    readonly bottom: number;
    readonly ticks: Part;
    readonly wholeTicks: readonly Part[];
  }
  const zoomables: Zoomable[] = [];
  const told: Part[] = [];
  let range: readonly [number, number] | null = null;

  const seconds = (ms: number, step: number): string => {
    const decimals = step >= 1000 ? 0 : step >= 100 ? 1 : 2;
    if (ms < 120_000) return `${(ms / 1000).toFixed(decimals)} s`;
    const whole = ms / 1000;
    const rest = (whole % 60).toFixed(decimals);
    return `${Math.floor(whole / 60)}:${rest.padStart(decimals === 0 ? 2 : 3 + decimals, '0')} min`;
  };

  const drawTicks = ({ ticks, wholeTicks, left, width, bottom }: Zoomable, from: number, to: number, isWhole: boolean): void => {
    if (isWhole) {
      ticks.replaceChildren(...wholeTicks);
      return;
    }
    const rough = (to - from) / (width < 500 ? TICKS / 2 : TICKS);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * (rough / power <= 1 ? 1 : rough / power <= 2 ? 2 : rough / power <= 5 ? 5 : 10);
    const drawn: Part[] = [];
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
      const x = String(left + ((at - from) / (to - from)) * width);
      drawn.push(make('line', { class: 'mark', x1: x, x2: x, y1: String(bottom), y2: String(bottom + 4) }));
      drawn.push(make('text', { class: 'tick', x, y: String(bottom + 17), 'text-anchor': 'middle' }, seconds(at, step)));
    }
    ticks.replaceChildren(...drawn);
  };

  const show = (next: readonly [number, number] | null): void => {
    const latest = Math.max(...zoomables.map(({ endMs }) => endMs));
    const span = next === null ? latest : Math.min(latest, Math.max(LEAST_RANGE, next[1] - next[0]));
    const from = next === null ? 0 : Math.max(0, Math.min(next[0], latest - span));
    const isWhole = span >= latest;
    range = isWhole ? null : [from, from + span];
    for (const zoomable of zoomables) {
      const { svg, endMs, left, width } = zoomable;
      const scale = isWhole ? 1 : endMs / span;
      const shift = isWhole ? 0 : left - scale * (left + (from / endMs) * width);
      for (const part of svg.querySelectorAll('.zoomed')) {
        if (isWhole) part.removeAttribute('transform');
        else part.setAttribute('transform', `translate(${shift} 0) scale(${scale} 1)`);
      }
      for (const part of svg.querySelectorAll('[data-x]')) {
        const name = part.getAttribute('cx') === null ? 'x' : 'cx';
        const x = shift + scale * Number(part.dataset.x);
        part.setAttribute(name, String(x));
        part.toggleAttribute('hidden', x < left - 1 || x > left + width + 1);
      }
      drawTicks(zoomable, isWhole ? 0 : from, isWhole ? endMs : from + span, isWhole);
    }
    for (const part of told) part.textContent = isWhole ? '' : `${seconds(from, 100)} to ${seconds(from + span, 100)}`;
  };

  const stretch = (factor: number, move: number): void => {
    const latest = Math.max(...zoomables.map(({ endMs }) => endMs));
    const [from, to] = range ?? [0, latest];
    const middle = (from + to) / 2 + move * (to - from);
    const half = ((to - from) * factor) / 2;
    show([middle - half, middle + half]);
  };

  const dragging = ({ svg, left, width, endMs }: Zoomable): void => {
    const viewWidth = Number(svg.getAttribute('width'));
    const at = (event: PointerAt): number => {
      const box = svg.getBoundingClientRect();
      return Math.min(left + width, Math.max(left, ((event.clientX - box.left) / box.width) * viewWidth));
    };
    const timeOf = (x: number): number => {
      const [from, to] = range ?? [0, endMs];
      return from + ((x - left) / width) * (to - from);
    };
    let started: number | null = null;
    const mark = make('rect', { class: 'selected', y: '0', height: svg.getAttribute('height') ?? '0' });
    svg.addEventListener('pointerdown', (event) => {
      // A finger scrolls the page; the buttons zoom.
      if (event.pointerType === 'touch' || event.button !== 0) return;
      started = at(event);
      svg.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    svg.addEventListener('pointermove', (event) => {
      if (started === null) return;
      const x = at(event);
      mark.setAttribute('x', String(Math.min(x, started)));
      mark.setAttribute('width', String(Math.abs(x - started)));
      svg.append(mark);
    });
    svg.addEventListener('pointerup', (event) => {
      const [from, to] = started === null ? [0, 0] : [Math.min(started, at(event)), Math.max(started, at(event))];
      started = null;
      mark.remove();
      if (to - from >= LEAST_DRAG) show([timeOf(from), timeOf(to)]);
    });
    svg.addEventListener('pointercancel', () => {
      started = null;
      mark.remove();
    });
    svg.addEventListener('dblclick', () => show(null));
  };

  let charts = 0;
  const zoomableOf = (svg: Part): Zoomable | null => {
    const ticks = svg.querySelector('.x-ticks');
    const [endMs = 0, left = 0, width = 0, bottom = 0] = (svg.dataset.zoom ?? '').split(' ').map(Number);
    if (ticks === null || !(endMs > LEAST_RANGE) || !(width > 0)) return null;
    charts += 1;
    const id = `clip-${charts}`;
    const clip = make('clipPath', { id });
    clip.append(make('rect', { x: String(left), y: '0', width: String(width), height: svg.getAttribute('height') ?? '0' }));
    svg.append(clip);
    for (const part of svg.querySelectorAll('.clipped')) part.setAttribute('clip-path', `url(#${id})`);
    return { svg, endMs, left, width, bottom, ticks, wholeTicks: [...ticks.childNodes] };
  };

  const bar = (figure: Part, first: Part): void => {
    const name = figure.querySelector('h3')?.textContent ?? '';
    const group = make('div', { class: 'zoom-bar', role: 'group', 'aria-label': `Zoom: ${name}` });
    const add = (text: string, act: () => void): void => {
      const button = make('button', { type: 'button' }, text);
      button.addEventListener('click', act);
      group.append(button);
    };
    add('Zoom in', () => stretch(0.5, 0));
    add('Zoom out', () => stretch(2, 0));
    add('Earlier', () => stretch(1, -0.5));
    add('Later', () => stretch(1, 0.5));
    add('Whole run', () => show(null));
    const status = make('span', { role: 'status' });
    told.push(status);
    group.append(status);
    first.before(group);
  };

  for (const figure of document.querySelectorAll('figure')) {
    toggles(figure);
    const own = [...figure.querySelectorAll('svg[data-zoom]')].flatMap((svg) => zoomableOf(svg) ?? []);
    const [first] = own;
    if (first === undefined) continue;
    bar(figure, first.svg);
    for (const zoomable of own) dragging(zoomable);
    zoomables.push(...own);
  }
}
