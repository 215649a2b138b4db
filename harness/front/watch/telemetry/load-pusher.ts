/**
 * Loads the code that sends metrics to a collector. OpenTelemetry's packages are optional peer dependencies: they would be a third of the
 * size of an installation, and most runs push nothing.
 */
import { WatchError } from '../watch-error.ts';
import type { pushOtlp } from './otlp.ts';

/** The packages that a project installs in order to push metrics: the optional peer dependencies. */
export const TELEMETRY_PACKAGES: readonly string[] = [
  '@opentelemetry/exporter-metrics-otlp-http',
  '@opentelemetry/resources',
  '@opentelemetry/sdk-metrics',
];

/** @throws WatchError if a package is missing, or has a version without what is needed. */
export async function loadPusher(load: () => Promise<{ readonly pushOtlp: typeof pushOtlp }> = () => import('./otlp.ts')) {
  try {
    return (await load()).pushOtlp;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === 'ERR_MODULE_NOT_FOUND' && message.includes('@opentelemetry/');
    // An import of a name that the installed version does not export is a SyntaxError.
    if (!missing && !(error instanceof SyntaxError)) throw error;
    const what = missing ? "OpenTelemetry's exporter is not installed" : `OpenTelemetry's exporter cannot be used: ${message}`;
    throw new WatchError('machine', `otlp: ${what}\n  npm install --save-dev ${TELEMETRY_PACKAGES.join(' ')}`);
  }
}
