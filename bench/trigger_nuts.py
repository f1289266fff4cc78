"""A regularised horseshoe by NUTS (NumPyro), where it is installed: the general tool, to be compared with.

Piironen and Vehtari 2017; negative binomial, level, weekday, slow cosines and a fading cramp beside the
exposures. It cannot choose lags: it is told the true ones.
"""

from __future__ import annotations

import importlib.util
import time
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from trigger_baselines import lagged

Floats = NDArray[np.float64]

WARM_UP, KEPT = 500, 500


def there() -> bool:
    """Whether it is installed."""
    return importlib.util.find_spec("numpyro") is not None


def sampled(data: Any, lag: NDArray[np.int64], seed: int) -> tuple[Floats, float]:
    """(K,) how far each effect lies from nothing, in its own spreads, and milliseconds of processor time."""
    import jax

    known = ~np.isnan(data.counts)
    columns = lagged(data.values)
    table = np.column_stack([columns[late][:, k] for k, late in enumerate(lag)])
    table = np.where(np.isnan(table), np.nanmean(table, axis=0), table)
    table = (table - table.mean(axis=0)) / np.maximum(table.std(axis=0), 1e-9)
    chain = _chain()
    began = time.process_time()
    chain.run(jax.random.PRNGKey(seed), table, _around(data), np.nan_to_num(data.counts), known)
    beta = np.asarray(chain.get_samples()["beta"])
    spent = 1000 * (time.process_time() - began)
    return np.abs(beta.mean(axis=0)) / beta.std(axis=0), spent


@cache
def _chain() -> Any:
    """Compiled once: all people have as many rows and columns."""
    from numpyro.infer import MCMC, NUTS

    kernel = NUTS(_model, target_accept_prob=0.9)
    return MCMC(
        kernel, num_warmup=WARM_UP, num_samples=KEPT, num_chains=1, progress_bar=False, jit_model_args=True
    )


def _around(data: Any) -> Floats:
    """Slow cosines, weekdays, and cramps of the days before, fading."""
    rows = len(data.counts)
    waves = np.cos(np.pi * np.outer((np.arange(rows) + 0.5) / rows, range(1, 9))) / np.arange(1, 9)
    behind = np.zeros(rows)
    for row in range(1, rows):
        behind[row] = (behind[row - 1] + (data.counts[row - 1] > 0)) * np.exp(-0.5)
    return np.column_stack([waves, np.eye(7)[data.weekday], np.minimum(behind, 2)])


def _model(table: Any, around: Any, counts: Any, known: Any) -> None:
    import jax.numpy as jnp
    import numpyro
    from numpyro import distributions as law

    columns = table.shape[1]
    expected = 0.12 * columns
    tau0 = expected / (columns - expected) / np.sqrt(len(counts))
    tau = numpyro.sample("tau", law.HalfCauchy(tau0))
    local = numpyro.sample("local", law.HalfCauchy(jnp.ones(columns)))
    slab = numpyro.sample("slab", law.InverseGamma(2.0, 1.0))
    shrunk = jnp.sqrt(slab * local**2 / (slab + tau**2 * local**2))
    raw = numpyro.sample("raw", law.Normal(jnp.zeros(columns), 1.0))
    beta = numpyro.deterministic("beta", raw * tau * shrunk)
    rest = numpyro.sample("rest", law.Normal(jnp.zeros(around.shape[1]), 0.3))
    level = numpyro.sample("level", law.Normal(jnp.log(counts.sum() / known.sum()), 1.0))
    spread = numpyro.sample("spread", law.HalfNormal(0.7))
    log_mean = level + around @ rest + table @ beta
    with numpyro.handlers.mask(mask=known):
        numpyro.sample("y", law.NegativeBinomial2(jnp.exp(log_mean), 1 / (spread + 1e-3)), obs=counts)
