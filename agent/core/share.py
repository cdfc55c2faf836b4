"""How sure a measured share is."""

import math

Z_95 = 1.959964
"""Two-sided 95 % point of the normal distribution."""


def wilson(right: int, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of `right` out of `n`; (0, 1) where nothing was measured.

    Source: E. B. Wilson, Probable Inference, JASA 22 (1927), 209-212.
    """
    if n == 0:
        return 0.0, 1.0
    share, z = right / n, Z_95
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - reach), min(1.0, middle + reach)
