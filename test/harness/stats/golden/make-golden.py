"""Golden vectors for harness/stats, computed with SciPy. Run: python3 make-golden.py > golden.json"""

import json

import numpy as np
import scipy
from scipy import stats

rng = np.random.default_rng(20261124)


def quantile_cases():
    for n in (1, 2, 7, 100, 1001):
        values = np.round(rng.lognormal(8, 1.5, n), 3)
        for q in (0.0, 0.01, 0.0625, 0.5, 0.9, 0.99, 0.999, 1.0):
            yield {
                "values": values.tolist(),
                "q": q,
                "quantile": float(np.quantile(values, q, method="inverted_cdf")),
            }


def interval_cases():
    for n in (5, 30, 100, 1000, 10_000, 250_000):
        for q in (0.05, 0.5, 0.9, 0.99, 0.999):
            for confidence in (0.9, 0.95, 0.99):
                tail = (1 - confidence) / 2
                low = int(stats.binom.ppf(tail, n, q))
                high = int(stats.binom.ppf(1 - tail, n, q)) + 1
                coverage = stats.binom.cdf(high - 1, n, q) - stats.binom.cdf(low - 1, n, q)
                yield {
                    "n": n,
                    "q": q,
                    "confidence": confidence,
                    "lowRank": low,
                    "highRank": high,
                    "coverage": float(coverage),
                }


def slope_cases():
    for n in (2, 3, 5, 8, 20, 60):
        for noise in (0, 1, 50):
            x = np.sort(np.round(rng.uniform(0, 100, n), 1))
            y = np.round(7 + 3 * x + noise * rng.standard_cauchy(n), 2)
            yield x, y
    x = np.repeat([0, 100, 200, 300], 3)
    yield x, np.array([5, 6, 5, 15, 15, 16, 25, 24, 25, 35, 36, 35])
    yield np.array([1, 2, 3, 4]), np.array([2, 2, 2, 2])


def theil_sen(x, y, confidence):
    slope, intercept, low, high = stats.theilslopes(y, x, alpha=confidence)
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "confidence": confidence,
        "slope": float(slope),
        "intercept": float(intercept),
        "low": float(low),
        "high": float(high),
    }


def wilson_cases():
    for successes, trials in ((0, 1), (1, 1), (0, 20), (20, 20), (3, 10), (7, 1000), (99_990, 100_000)):
        for confidence in (0.9, 0.95, 0.99):
            interval = stats.binomtest(successes, trials).proportion_ci(confidence, method="wilson")
            yield {
                "successes": successes,
                "trials": trials,
                "confidence": confidence,
                "low": float(interval.low),
                "high": float(interval.high),
            }


golden = {
    "scipy": scipy.__version__,
    "numpy": np.__version__,
    "normal": [
        {"p": p, "z": float(stats.norm.ppf(p))}
        for p in (1e-300, 1e-12, 1e-4, 0.025, 0.075, 0.2, 0.5, 0.6, 0.925, 0.975, 0.9999, 1 - 1e-12)
    ],
    "quantile": list(quantile_cases()),
    "interval": list(interval_cases()),
    "theilSen": [theil_sen(x, y, confidence) for x, y in slope_cases() for confidence in (0.9, 0.95)],
    "wilson": list(wilson_cases()),
}
print(json.dumps(golden, indent=None, separators=(",", ":")))
