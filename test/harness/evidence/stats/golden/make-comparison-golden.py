"""Golden vectors for what comparisons are made of, computed with SciPy and, where it has no such thing, with R.

Run: python3 make-comparison-golden.py > comparison.json   (needs Rscript on the PATH)
"""

import json
import subprocess

import numpy as np
import scipy
from scipy import stats

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


def adjusted_cases():
    for ps in (
        [0.028397],
        [0.065591, 0.058718, 0.063496],
        [0.169024, 0.070057, 0.142672, 0.003365, 0.901517, 0.171827, 0.078357, 0.000114],
    ):
        yield {"ps": ps, "holm": r(f"p.adjust({vector(ps)}, 'holm')")}


(r_version,) = [subprocess.run(["Rscript", "-e", "cat(as.character(getRversion()))"], capture_output=True, text=True).stdout]
print(
    json.dumps(
        {
            "scipy": scipy.__version__,
            "r": r_version,
            "signedRank": list(signed_rank_cases()),
            "adjusted": list(adjusted_cases()),
        },
        separators=(",", ":"),
    )
)
