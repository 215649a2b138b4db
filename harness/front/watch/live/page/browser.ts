/** What the page uses of its browser. The project's own types know only Node, and a page needs little. */

export interface PageElement {
  textContent: string | null;
  className: string;
  hidden: boolean;
  open: boolean;
  value: number;
  readonly clientWidth: number;
  readonly clientHeight: number;
  readonly childElementCount: number;
  readonly lastElementChild: PageElement | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  append(...children: readonly (PageElement | string)[]): void;
  prepend(...children: readonly (PageElement | string)[]): void;
  replaceChildren(...children: readonly (PageElement | string)[]): void;
  remove(): void;
  addEventListener(type: string, listener: () => void): void;
}

interface EventStream {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { readonly data: string }) => void): void;
  close(): void;
}

interface Browser {
  readonly document: {
    title: string;
    readonly documentElement: PageElement;
    createElement(name: string): PageElement;
    getElementById(id: string): PageElement | null;
  };
  readonly EventSource: new (path: string) => EventStream;
  readonly ResizeObserver: new (resized: () => void) => { observe(element: PageElement): void };
  readonly devicePixelRatio: number;
  readonly location: { reload(): void };
  getComputedStyle(element: PageElement): { getPropertyValue(name: string): string; readonly fontFamily: string };
  matchMedia(query: string): { addEventListener(type: 'change', listener: () => void): void };
  requestAnimationFrame(draw: () => void): number;
}

export const browser = globalThis as unknown as Browser;

/** @throws Error if the page has no such element: the page and its script then have different versions. */
export function element(id: string): PageElement {
  const found = browser.document.getElementById(id);
  if (found === null) throw new Error(`this page has no ${id}`);
  return found;
}

/** An element with text or elements in it. */
export function made(name: string, className: string, ...children: readonly (PageElement | string)[]): PageElement {
  const one = browser.document.createElement(name);
  if (className !== '') one.className = className;
  one.append(...children);
  return one;
}

/** Written only if it differs, so that nothing is read out or drawn again. */
export function setText(id: string, text: string): void {
  const one = element(id);
  if (one.textContent !== text) one.textContent = text;
}

export function show(id: string, shown: boolean): void {
  const one = element(id);
  if (one.hidden === shown) one.hidden = !shown;
}
