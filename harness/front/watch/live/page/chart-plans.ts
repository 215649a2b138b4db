/**
 * Which charts the page has, and how their values are written. Pure; the server makes the frames from it, and the page makes the drawings.
 */
import { formatCount, formatRate, formatUs } from '../../../../../reports/format.ts';
import type { Point, RunFacts } from './story.ts';

export interface SeriesPlan {
  readonly name: string;
  /** Its colour and dash, as in the reports. */
  readonly tone: 'main' | 'second' | 'third' | 'quiet';
  readonly of: (point: Point) => number | null;
}

export interface ChartPlan {
  readonly id: string;
  readonly heading: string;
  readonly note: string;
  /** In words. */
  readonly unit: string;
  readonly scale: 'from-zero' | 'logarithmic';
  readonly format: (value: number | null) => string;
  readonly series: readonly SeriesPlan[];
  /** The kinds of load for which there is something to draw. */
  readonly loads: readonly RunFacts['load'][];
}

const whole = (value: number | null): string => formatCount(value === null ? null : Math.round(value));

export const CHARTS: readonly ChartPlan[] = [
  {
    id: 'rates',
    heading: 'Messages a second',
    note: 'Written by the load, acknowledged by the server, and arrived at receivers, repeats included.',
    unit: 'a second',
    scale: 'from-zero',
    format: formatRate,
    series: [
      { name: 'sent', tone: 'quiet', of: ({ sentPerSecond }) => sentPerSecond },
      { name: 'acknowledged', tone: 'main', of: ({ ackedPerSecond }) => ackedPerSecond },
      { name: 'delivered', tone: 'third', of: ({ deliveredPerSecond }) => deliveredPerSecond },
    ],
    loads: ['messages'],
  },
  {
    id: 'requests',
    heading: 'Requests a second',
    note: 'Requests answered, and those answered successfully. Latencies of requests are in the report.',
    unit: 'a second',
    scale: 'from-zero',
    format: formatRate,
    series: [
      { name: 'answered', tone: 'quiet', of: ({ sentPerSecond }) => sentPerSecond },
      { name: 'with success', tone: 'main', of: ({ ackedPerSecond }) => ackedPerSecond },
    ],
    loads: ['requests'],
  },
  {
    id: 'latency',
    heading: 'Response time',
    note: 'From the intended send time to the acknowledgement, so that a stall is charged to every message that waited. Logarithmic.',
    unit: 'time',
    scale: 'logarithmic',
    format: formatUs,
    series: [
      { name: 'p50', tone: 'main', of: ({ p50Us }) => p50Us },
      { name: 'p99', tone: 'second', of: ({ p99Us }) => p99Us },
      { name: 'longest', tone: 'quiet', of: ({ maxUs }) => maxUs },
    ],
    loads: ['messages'],
  },
  {
    id: 'connections',
    heading: 'Users connected',
    note: 'Users signed in at the end of each interval; users who are away by plan are not counted.',
    unit: 'users',
    scale: 'from-zero',
    format: whole,
    series: [{ name: 'connected', tone: 'main', of: ({ connected }) => connected }],
    loads: ['messages'],
  },
  {
    id: 'outstanding',
    heading: 'Acknowledgements still owed',
    note: 'Messages that were written and neither acknowledged nor refused.',
    unit: 'messages',
    scale: 'from-zero',
    format: whole,
    series: [{ name: 'owed', tone: 'third', of: ({ outstanding }) => outstanding }],
    loads: ['messages'],
  },
];
