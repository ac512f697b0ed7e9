"""The radar as plain figures: for paper, where no browser draws it."""

from math import cos, pi, sin

RADIUS = 108
NAMES_AT = 1.14
RINGS = (25, 50, 75, 100)
FULL = 100
ALMOST = 1
"""A name so near to the middle line stands centred on it."""


def place(index, count, score):
    """Return ``(x, y)`` of a score on the spoke of a dimension; the first one points up."""
    angle = 2 * pi * index / count
    distance = RADIUS * score / FULL
    return round(sin(angle) * distance, 2), round(-cos(angle) * distance, 2)


def draw(dimensions):
    """Return what the radar of these dimensions is made of.

    :param dimensions: dicts with ``name``, ``score``, ``wanted`` and ``last``, None if unknown
    :return: rings and spokes, series of pieces, and names with their anchors
    """
    count = len(dimensions)
    return {
        "rings": [
            {"ring": ring, "points": _join(place(index, count, ring) for index in range(count))}
            for ring in RINGS
        ],
        "spokes": [place(index, count, FULL) for index in range(count)],
        "series": {key: _draw_series(dimensions, key) for key in ("last", "wanted", "score")},
        "names": [
            _place_name(dimension, index, count) for index, dimension in enumerate(dimensions)
        ],
    }


def _draw_series(dimensions, key):
    """Return the marks and lines of a series: broken where nothing is known, which is no zero."""
    count = len(dimensions)
    marks = {
        index: place(index, count, dimension[key])
        for index, dimension in enumerate(dimensions)
        if dimension.get(key) is not None
    }
    pairs = [(index, (index + 1) % count) for index in marks]
    return {
        "marks": list(marks.values()),
        "lines": [(marks[one], marks[two]) for one, two in pairs if one != two and two in marks],
        "outline": _join(marks.values()) if len(marks) == count else "",
    }


def _place_name(dimension, index, count):
    x, y = place(index, count, FULL * NAMES_AT)
    if abs(x) < ALMOST:
        anchor = "middle"
    else:
        anchor = "start" if x > 0 else "end"
    return {**dimension, "x": x, "y": y, "anchor": anchor}


def _join(points):
    return " ".join(f"{x},{y}" for x, y in points)
