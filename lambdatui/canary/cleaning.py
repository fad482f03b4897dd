"""What is done to a series before it is compared, as Kayenta's judge does it: NaN first, then outliers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from lambdatui.canary.canary_config import CanaryAnalysis
from lambdatui.canary.series import Series

Values = npt.NDArray[np.float64]


def cleaned(side: Series, analysis: CanaryAnalysis) -> Values:
    """A side's plain values, cleaned as a metric's analysis wants it."""
    values = without_nan(side.plain, analysis.nan_strategy)
    if analysis.outliers.strategy == "remove":
        values = without_outliers(values, analysis.outliers.outlier_factor)
    return values


def without_nan(values: Sequence[float], strategy: Literal["remove", "replace"]) -> Values:
    """The values with each NaN left out, or 0 in its place."""
    found: Values = np.asarray(values, dtype=np.float64)
    if strategy == "replace":
        return np.where(np.isnan(found), 0.0, found)
    return found[~np.isnan(found)]


def without_outliers(values: Values, factor: float) -> Values:
    """The values without those that lie more than `factor` interquartile ranges beyond the quartiles.

    Quartiles are by linear interpolation (R's type 7). What lies between the 1st and the 99th percentile is kept in
    any case: IQRDetector with `reduceSensitivity`.
    """
    if not values.size:
        return values
    first, low, high, last = np.percentile(values, [1, 25, 75, 99])
    fence = factor * (high - low)
    kept: Values = values[(values >= min(first, low - fence)) & (values <= max(last, high + fence))]
    return kept
