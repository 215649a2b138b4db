/** Another node of the cluster, as the mesh knows it: where to dial it. */
import type { NodeIdentity } from '../../../runtime/index.ts';

export interface MeshMember extends NodeIdentity {
  readonly host: string;
  readonly meshPort: number;
}
