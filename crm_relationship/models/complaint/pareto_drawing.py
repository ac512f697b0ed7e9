"""The Pareto chart as plain figures: for paper, where no browser draws it."""

WIDTH, HEIGHT = 560, 170
LEFT, TOP, BELOW = 40, 10, 62
"""Room for the axis, above the highest bar, and for the names below."""

BAR_SHARE = 0.6
"""Of the room of a bar so much is the bar itself."""

LETTERS = 20
FULL = 100
RINGS = (0, 20, 40, 60, 80, 100)


def draw(bars, vital):
    """Return what the chart of these bars is made of.

    :param bars: dicts with ``name``, ``value``, ``share``, ``cumulative`` and ``is_vital``, the
        shares in percent; the largest first
    :param vital: percent at which the line of the vital few stands
    :return: rectangles with their names, the points of the line and the lines of the grid
    """
    step = WIDTH / max(len(bars), 1)
    width = step * BAR_SHARE
    middles = [LEFT + step * (index + 0.5) for index in range(len(bars))]
    return {
        "width": LEFT + WIDTH + LEFT,
        "height": TOP + HEIGHT + BELOW,
        "left": LEFT,
        "right": LEFT + WIDTH,
        "base": TOP + HEIGHT,
        "vital": place(vital),
        "grid": [{"percent": percent, "y": place(percent)} for percent in RINGS],
        "bars": [
            {
                **bar,
                "x": round(middle - width / 2, 2),
                "y": place(bar["share"]),
                "middle": round(middle, 2),
                "bar_width": round(width, 2),
                "bar_height": round(TOP + HEIGHT - place(bar["share"]), 2),
                "label": shorten(bar["name"]),
            }
            for bar, middle in zip(bars, middles, strict=True)
        ],
        "line": " ".join(
            f"{round(middle, 2)},{place(bar['cumulative'])}"
            for bar, middle in zip(bars, middles, strict=True)
        ),
    }


def place(percent):
    """Return how far from the top a percentage stands."""
    return round(TOP + HEIGHT * (1 - percent / FULL), 2)


def shorten(name):
    """Return the name as far as there is room; of a path the last part says most."""
    name = name.rsplit(" / ", 1)[-1]
    return name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"
