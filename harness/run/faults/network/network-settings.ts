/** The settings of every kind that acts on network paths: which ones. */

import { z } from 'zod';
import { plural } from '../../../evidence/result/format.ts';
import type { FaultBounds, FaultContext, SettingProblem } from '../fault.ts';
import { ImpossibleFault, networkOf } from '../fault.ts';
import { checkNodeName, chooseNode } from '../kinds/node/node-victims.ts';
import { conditionsOf, type Path, type PathKind } from './network.ts';

export const PATH_CHOICES = ['clients', 'mesh', 'all'] as const;

export const pathsSetting = z
  .enum(PATH_CHOICES, { error: () => `one of ${PATH_CHOICES.join(', ')}` })
  .default('clients')
  .meta({ description: 'between users and nodes (`clients`), between nodes (`mesh`), or `all`' });
export const nodeSetting = z
  .string({ error: () => 'random, or the name of a node' })
  .optional()
  .meta({ description: 'only links of this node: `random`, or one by name' });

export interface PathSettings {
  readonly links: (typeof PATH_CHOICES)[number];
  readonly node?: string | undefined;
}

export function pathKinds({ links }: PathSettings): readonly PathKind[] {
  return links === 'all' ? ['mesh', 'clients'] : [links];
}

export function checkPaths({ links, node }: PathSettings, bounds: FaultBounds): readonly SettingProblem[] {
  if (links !== 'clients' && bounds.nodes < 2) {
    return [{ key: 'links', message: 'one node has no link to another', remedy: 'links: clients, or target.nodes: 3' }];
  }
  return node === undefined ? [] : checkNodeName('node', node, bounds);
}

/**
 * Both directions of the paths that are meant, less those that another fault has cut, along which nothing could be told.
 * @throws ImpossibleFault when none is left.
 */
export function choosePaths(settings: PathSettings, context: FaultContext): readonly Path[] {
  const only = settings.node === undefined ? null : chooseNode(settings.node, context).name;
  const meant = networkOf(context)
    .paths(pathKinds(settings))
    .filter(({ from, to }) => only === null || from === only || to === only);
  const open = meant.filter(({ proxy }) => !proxy.forth.held && !proxy.back.held);
  if (open.length === 0) {
    throw new ImpossibleFault(meant.length === 0 ? 'there is no such link' : 'every such link is cut at the moment');
  }
  return open;
}

/** `n1 → n2`. */
export function pathText({ from, to }: Path): string {
  return `${from} → ${to}`;
}

/** `the link n1 – n2`, `6 links between users and nodes`. */
export function pathsText(paths: readonly Path[]): string {
  const proxies = new Set(paths.map(({ proxy }) => proxy));
  const [first] = paths;
  if (first !== undefined && proxies.size === 1) return `the link ${first.from} – ${first.to}`;
  const kinds = new Set(paths.map(({ kind }) => kind));
  const where = [kinds.has('mesh') ? 'between nodes' : '', kinds.has('clients') ? 'between users and nodes' : ''];
  return `${plural(proxies.size, 'link')} ${where.filter(Boolean).join(' and ')}`;
}

/** Whether another fault acts on the path, in addition to `own` effects of ours. */
export function actedOnByOthers(path: Path, own: number): boolean {
  return conditionsOf(path).count > own;
}
