"""Golden vectors for what comparisons are made of, computed with SciPy and, where it has no such thing, with R.

Run: python3 make-comparison-golden.py > comparison.json   (needs Rscript on the PATH)
"""

import json
import subprocess

import numpy as np
import scipy
from scipy import stats
from scipy.stats import mstats

rng = np.random.default_rng(20261125)


def r(code):
    """What an R expression gives, as numbers."""
    out = subprocess.run(["Rscript", "-e", f"cat(format({code}, digits = 17))"], capture_output=True, check=True, text=True).stdout
    return [float(word) for word in out.split()]


def vector(values):
    return f"c({','.join(repr(float(v)) for v in values)})"


def signed_rank_cases():
    for n in (4, 8, 12, 18, 24):
        for shift in (0.0, 0.5):
            values = rng.normal(0.4, 1, n)
            upper = stats.wilcoxon(values - shift, alternative="greater", mode="exact").pvalue
            lower = stats.wilcoxon(values - shift, alternative="less", mode="exact").pvalue
            low, high = r(f"suppressWarnings(wilcox.test({vector(values)}, conf.int=TRUE, exact=TRUE, conf.level=0.9)$conf.int)")
            (estimate,) = r(f"suppressWarnings(wilcox.test({vector(values)}, conf.int=TRUE, exact=TRUE)$estimate)")
            yield {
                "values": values.tolist(),
                "shift": shift,
                "upper": float(upper),
                "lower": float(lower),
                "estimate": estimate,
                "low": low,
                "high": high,
            }


def rank_sum_cases():
    for m, n in ((3, 4), (5, 8), (8, 20), (30, 40)):
        for shift in (0, 1):
            for ties in (False, True):
                a, b = rng.normal(shift, 1, m), rng.normal(0, 1, n)
                if ties:
                    a, b = np.round(a * 2) / 2, np.round(b * 2) / 2
                method = "exact" if min(m, n) <= 8 and len(set(a) | set(b)) == m + n else "asymptotic"
                u, p = stats.mannwhitneyu(a, b, method=method)
                yield {"a": a.tolist(), "b": b.tolist(), "u": float(u), "p": float(p)}


def harrell_davis_cases():
    for n in (2, 5, 30, 200):
        values = np.sort(rng.lognormal(3, 1, n))
        for q in (0.1, 0.5, 0.9, 0.99):
            yield {"values": values.tolist(), "q": q, "value": float(mstats.hdquantiles(values, [q])[0])}


def adjusted_cases():
    for n in (1, 3, 8):
        ps = np.round(rng.uniform(0, 1, n) ** 3, 6)
        yield {"ps": ps.tolist(), "holm": r(f"p.adjust({vector(ps)}, 'holm')"), "bh": r(f"p.adjust({vector(ps)}, 'BH')")}


def binomial_cases():
    for successes, trials, share in ((0, 10, 0.1), (3, 20, 0.5), (20, 20, 0.9), (7, 500, 0.01), (55, 100, 0.5)):
        test = stats.binomtest(successes, trials, share)
        interval = test.proportion_ci(0.95, method="exact")
        yield {
            "successes": successes,
            "trials": trials,
            "share": share,
            "p": float(test.pvalue),
            "low": float(interval.low),
            "high": float(interval.high),
        }


(r_version,) = [subprocess.run(["Rscript", "-e", "cat(as.character(getRversion()))"], capture_output=True, text=True).stdout]
print(
    json.dumps(
        {
            "scipy": scipy.__version__,
            "r": r_version,
            "normalUpper": [{"z": z, "p": float(stats.norm.sf(z))} for z in (-6, -1.5, 0, 0.3, 1, 2.5, 3.9, 4.1, 8, 30)],
            "beta": [
                {"x": x, "a": a, "b": b, "p": float(stats.beta.cdf(x, a, b))}
                for a, b in ((0.5, 0.5), (1, 3), (20, 5), (500, 500.5), (3, 4000))
                for x in (0.001, 0.2, 0.5, 0.9)
            ],
            "signedRank": list(signed_rank_cases()),
            "rankSum": list(rank_sum_cases()),
            "harrellDavis": list(harrell_davis_cases()),
            "adjusted": list(adjusted_cases()),
            "binomial": list(binomial_cases()),
        },
        separators=(",", ":"),
    )
)
