"""Golden vectors for harness/evidence/stats, computed with SciPy. Run: python3 make-golden.py > golden.json"""

import json
import warnings

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


def censored_cases():
    def first(times, shares, q):
        reached = [float(t) for t, s in zip(times, shares) if s <= 1 - q + 1e-9]
        return reached[0] if reached else None

    for n in (1, 2, 5, 20, 60, 300):
        for cut in (0, 0.1, 0.4, 1):
            # Rounded coarsely, so that there are ties, also of what came with what was cut off.
            times = np.round(rng.lognormal(5, 0.8, n), -1)
            is_cut = rng.uniform(size=n) < cut
            data = stats.CensoredData.right_censored(times, is_cut)
            survival = stats.ecdf(data).sf
            for confidence in (0.9, 0.95):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    interval = survival.confidence_interval(confidence, method="log-log")
                # The curve also has the times at which something was cut off, where it does not step.
                came = np.isin(interval.low.quantiles, times[~is_cut])
                at = interval.low.quantiles[came]
                for q in (0.1, 0.5, 0.95):
                    yield {
                        "came": times[~is_cut].tolist(),
                        "watched": times[is_cut].tolist(),
                        "q": q,
                        "confidence": confidence,
                        "value": first(at, survival.probabilities[came], q),
                        "low": first(at, interval.low.probabilities[came], q),
                        "high": first(at, interval.high.probabilities[came], q),
                    }


golden = {
    "scipy": scipy.__version__,
    "numpy": np.__version__,
    "normal": [
        {"p": p, "z": float(stats.norm.ppf(p))}
        for p in (1e-300, 1e-12, 1e-4, 0.025, 0.075, 0.2, 0.5, 0.6, 0.925, 0.975, 0.9999, 1 - 1e-12)
    ],
    "quantile": list(quantile_cases()),
    "theilSen": [theil_sen(x, y, confidence) for x, y in slope_cases() for confidence in (0.9, 0.95)],
    "wilson": list(wilson_cases()),
    "censored": list(censored_cases()),
}
print(json.dumps(golden, indent=None, separators=(",", ":")))
