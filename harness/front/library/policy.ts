/** What the commands say of policies in their help, and the schema that `letitcrash schema policy` prints. */
export { MAX_BLOCKS } from '../../studies/compare/looks.ts';
export { USUAL_POLICY } from '../../studies/gate/load-policy.ts';
export { BUILT_IN_POLICY } from '../../studies/gate/policy.ts';
export { policySchema } from '../../studies/gate/policy-schema.ts';
