/** A process of its own for one of clinic's packages: makes its page of recorded data, and ends. Arguments: package, data, page. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface ClinicPackage {
  new (): { visualize(data: string, page: string, done: (error?: Error | null) => void): void };
}

const [root = '', data = '', page = ''] = process.argv.slice(2);
const Tool: ClinicPackage = createRequire(join(root, 'package.json'))(root);
new Tool().visualize(data, page, (error) => {
  if (error) console.error(error);
  process.exit(error ? 1 : 0);
});
