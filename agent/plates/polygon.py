"""A part of a picture, corner by corner, and what may be wrong with one that a person drew."""

from collections.abc import Sequence

from agent.core.settings import Share

Corner = tuple[Share, Share]
"""A place in the picture: shares of its width, from the left, and of its height, from the top."""

LEAST_AREA = 1e-4
"""A smaller part of the picture holds nothing: two corners were mixed up."""


def polygon_problem(corners: Sequence[Corner]) -> str | None:
    """Say what is wrong with a polygon, or None."""
    for i in range(len(corners)):
        for j in range(i + 2, len(corners)):
            if (j + 1) % len(corners) == i:
                continue  # neighbours round the end share a corner
            one = corners[i], corners[i + 1]
            if _cross(*one, corners[j], corners[(j + 1) % len(corners)]):
                return (
                    f"the edges from corners {i + 1} and {j + 1} cross: the polygon would have "
                    "holes; expected corners in order round it"
                )
    turned = (*corners[1:], corners[0])
    doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, turned, strict=True))
    if abs(doubled) / 2 < LEAST_AREA:
        return "its corners lie on one line; expected a part of the picture, such as a window"
    return None


def _cross(a: Corner, b: Corner, c: Corner, d: Corner) -> bool:
    def side(p: Corner, q: Corner, r: Corner) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
