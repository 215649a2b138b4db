/** A process that uses a share of one core, given as its argument (0 to 1), until its parent is gone. */
const share = Number(process.argv[2]);

/** Short enough to notice the parent's end, long enough to be worth a timer. */
const PERIOD_MS = 20;

function spin(): void {
  const began = performance.now();
  while (performance.now() - began < PERIOD_MS * share);
  if (share < 1) setTimeout(spin, PERIOD_MS * (1 - share));
  else setImmediate(spin);
}

process.once('disconnect', () => process.exit());
process.send?.('ready');
spin();
