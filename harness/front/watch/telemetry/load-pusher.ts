/**
 * Loads what sends metrics to a collector. OpenTelemetry's packages are optional peer dependencies: they are a third of what an installation
 * would weigh, and most runs push nothing.
 */
import { WatchError } from '../watch-error.ts';
import type { pushOtlp } from './otlp.ts';

/** What a project installs that pushes metrics: the optional peer dependencies of that name. */
export const TELEMETRY_PACKAGES: readonly string[] = [
  '@opentelemetry/exporter-metrics-otlp-http',
  '@opentelemetry/resources',
  '@opentelemetry/sdk-metrics',
];

/** @throws WatchError when a package is missing, or is of a version that has not what is needed. */
export async function loadPusher(load: () => Promise<{ readonly pushOtlp: typeof pushOtlp }> = () => import('./otlp.ts')) {
  try {
    return (await load()).pushOtlp;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === 'ERR_MODULE_NOT_FOUND' && message.includes('@opentelemetry/');
    // An import that names what the installed version does not export is a SyntaxError.
    if (!missing && !(error instanceof SyntaxError)) throw error;
    const what = missing ? "OpenTelemetry's exporter is not installed" : `OpenTelemetry's exporter cannot be used: ${message}`;
    throw new WatchError('machine', `otlp: ${what}\n  npm install --save-dev ${TELEMETRY_PACKAGES.join(' ')}`);
  }
}
