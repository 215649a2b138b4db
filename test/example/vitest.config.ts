import { defineConfig } from 'vitest/config';

// One file at a time: loads that run side by side measure each other. No retries: they undo what is measured.
// biome-ignore lint/style/noDefaultExport: Vitest wants it.
export default defineConfig({ test: { fileParallelism: false, retry: 0 } });
