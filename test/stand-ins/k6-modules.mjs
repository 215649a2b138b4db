/** The modules of k6 that letitcrash's scripts import, as far as they use them, over Node: part of the stand-in, not k6. */
import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { WebSocket as Ws } from 'ws';

/** name -> { type, contains, samples | count | trues, total | value } */
export const metrics = new Map();

function metric(name, type, contains = 'default') {
  if (!metrics.has(name)) metrics.set(name, { type, contains, samples: [], count: 0, trues: 0, total: 0, value: 0 });
  return metrics.get(name);
}

export const add = {
  trend: (name, value, contains = 'time') => metric(name, 'trend', contains).samples.push(value),
  counter: (name, value, contains = 'default') => {
    metric(name, 'counter', contains).count += value;
  },
  rate: (name, good) => {
    const rate = metric(name, 'rate');
    rate.total++;
    if (good) rate.trues++;
  },
  gauge: (name, value) => {
    metric(name, 'gauge').value = value;
  },
};

class Trend {
  constructor(name, isTime = false) {
    this.name = name;
    this.contains = isTime ? 'time' : 'default';
  }
  add(value) {
    add.trend(this.name, value, this.contains);
  }
}
class Counter {
  constructor(name) {
    this.name = name;
  }
  add(value) {
    add.counter(this.name, value);
  }
}
class Rate extends Counter {
  add(value) {
    add.rate(this.name, Boolean(value));
  }
}

/** What keeps a virtual user busy: its iteration is over when there is none left. */
export const busy = { timers: new Set(), sockets: new Set() };

function later(start, clear) {
  return {
    start: (call, delayMs) => {
      const timer = start(() => {
        if (start === setTimeout) busy.timers.delete(timer);
        call();
      }, delayMs);
      busy.timers.add(timer);
      return timer;
    },
    clear: (timer) => {
      busy.timers.delete(timer);
      clear(timer);
    },
  };
}
const once = later(setTimeout, clearTimeout);
const again = later(setInterval, clearInterval);

class WebSocket {
  #socket;
  #listeners = { open: [], message: [], close: [], error: [] };
  binaryType = 'blob';
  constructor(url, protocols, { headers } = {}) {
    if (protocols !== null && protocols !== undefined) throw new Error('k6 takes no protocols here');
    const given = { ...headers };
    const protocol = given['Sec-WebSocket-Protocol'];
    delete given['Sec-WebSocket-Protocol'];
    this.#socket = new Ws(url, protocol === undefined ? [] : [protocol], { headers: given, perMessageDeflate: false });
    busy.sockets.add(this);
    const tell = (type, event) => {
      for (const listener of this.#listeners[type])
        listener({ type, timestamp: performance.timeOrigin + performance.now(), ...event });
    };
    this.#socket.on('open', () => tell('open', {}));
    this.#socket.on('message', (data, binary) => {
      if (!binary || this.binaryType !== 'arraybuffer') throw new Error('the stand-in knows binary messages as ArrayBuffer only');
      add.counter('ws_msgs_received', 1);
      tell('message', { data: new Uint8Array(data).buffer });
    });
    this.#socket.on('error', (error) => tell('error', { error: error.message }));
    this.#socket.on('close', () => {
      busy.sockets.delete(this);
      tell('close', {});
    });
  }
  addEventListener(type, listener) {
    this.#listeners[type].push(listener);
  }
  send(data) {
    if (!(data instanceof ArrayBuffer)) throw new Error('the stand-in sends ArrayBuffer only');
    if (this.#socket.readyState !== Ws.OPEN) return;
    add.counter('ws_msgs_sent', 1);
    this.#socket.send(data);
  }
  close() {
    this.#socket.close();
  }
}

const bytesOf = (given) => (typeof given === 'string' ? given : new Uint8Array(given));
const bufferOf = (bytes) => new Uint8Array(bytes).buffer;
const encoded = (bytes, encoding) =>
  ({ binary: () => bufferOf(bytes), hex: () => bytes.toString('hex'), base64rawurl: () => bytes.toString('base64url') })[
    encoding
  ]();

const agents = new Map();
function ask(method, url, body, { headers, timeout }, vu) {
  if (!agents.has(vu)) agents.set(vu, new Agent({ keepAlive: true, maxSockets: 1 }));
  return new Promise((resolve) => {
    const from = performance.now();
    const done = (status, bytes) => {
      add.counter('http_reqs', 1);
      add.trend('http_req_duration', performance.now() - from);
      add.rate('http_req_failed', !expected(status));
      add.counter('data_received', bytes, 'data');
      resolve({ status });
    };
    const outgoing = request(url, { method, headers, agent: agents.get(vu), timeout }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk) => {
        bytes += chunk.length;
      });
      answer.on('end', () => done(answer.statusCode, bytes));
      answer.on('error', () => done(0, bytes));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.on('error', () => done(0, 0));
    outgoing.end(body ?? undefined);
  });
}
export function closeConnections() {
  for (const agent of agents.values()) agent.destroy();
}

let expected = (status) => status >= 200 && status < 400;

/** Set before a virtual user's function is called; it reads them before it waits for anything. */
export const execution = { scenario: { iterationInTest: 0 }, vu: { idInTest: 1, iterationInScenario: 0 } };

export const modules = {
  'k6/metrics': { Trend, Counter, Rate },
  'k6/timers': { setTimeout: once.start, clearTimeout: once.clear, setInterval: again.start, clearInterval: again.clear },
  'k6/websockets': { WebSocket },
  'k6/execution': execution,
  'k6/data': {
    SharedArray: class SharedArray {
      constructor(_name, make) {
        // biome-ignore lint/correctness/noConstructorReturn: k6's own constructor gives an array.
        return make();
      }
    },
  },
  'k6/crypto': {
    hmac: (algorithm, key, input, encoding) =>
      encoded(createHmac(algorithm, bytesOf(key)).update(bytesOf(input)).digest(), encoding),
    sha256: (input, encoding) => encoded(createHash('sha256').update(bytesOf(input)).digest(), encoding),
  },
  'k6/encoding': {
    b64encode: (input) => Buffer.from(bytesOf(input)).toString('base64url'),
    b64decode: (text) => bufferOf(Buffer.from(text, 'base64url')),
  },
  'k6/http': {
    asyncRequest: (method, url, body, params) => ask(method, url, body, params, execution.vu.idInTest),
    expectedStatuses:
      ({ min, max }) =>
      (status) =>
        status >= min && status <= max,
    setResponseCallback: (callback) => {
      expected = callback;
    },
  },
};
