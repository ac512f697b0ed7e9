"""Working time between two moments, and the moment after so much of it."""

from bisect import bisect_left, bisect_right
from datetime import timedelta
from itertools import accumulate

AHEAD = timedelta(days=60)
"""So much more than asked for is loaded at once."""

FARTHEST = timedelta(days=5 * 366)
"""A calendar without working time for so long has none."""


class Continuous:
    """A clock that never stands still: where nobody entered working hours."""

    hours_per_day = 24

    def between(self, start, end):
        """Return the seconds between two moments, negative if the second is earlier."""
        return round((end - start).total_seconds())

    def add(self, start, seconds):
        """Return the moment after so many seconds."""
        return start + timedelta(seconds=seconds)

    def subtract(self, end, seconds):
        """Return the moment so many seconds before."""
        return end - timedelta(seconds=seconds)


class WorkClock:
    """A clock that runs in working hours. Moments are naive datetimes in UTC.

    :param load: function that returns the working times between two moments, as pairs of
        moments in their order that do not overlap
    :param hours_per_day: how many hours a working day has

    >>> from datetime import datetime
    >>> def load(start, end):
    ...     return [(datetime(2025, 1, day, 9), datetime(2025, 1, day, 17)) for day in (2, 3, 6)]
    >>> clock = WorkClock(load, 8)
    >>> clock.add(datetime(2025, 1, 3, 16), 2 * 3600)
    datetime.datetime(2025, 1, 6, 10, 0)
    >>> clock.subtract(datetime(2025, 1, 6, 10), 2 * 3600)
    datetime.datetime(2025, 1, 3, 16, 0)
    >>> clock.between(datetime(2025, 1, 3, 16), datetime(2025, 1, 6, 10)) / 3600
    2.0
    """

    def __init__(self, load, hours_per_day):
        self.load = load
        self.hours_per_day = hours_per_day
        self.low = self.high = None
        self.starts, self.before, self.upto = [], [], []

    def cover(self, low, high):
        """Load the working times of at least this span, keeping what is loaded."""
        if self.low is not None and self.low <= low and high <= self.high:
            return
        self.low = low if self.low is None else min(self.low, low)
        self.high = max(filter(None, (self.high, high))) + AHEAD
        times = self.load(self.low, self.high)
        lengths = [round((end - start).total_seconds()) for start, end in times]
        self.starts = [start for start, _end in times]
        self.upto = list(accumulate(lengths))
        self.before = [upto - length for upto, length in zip(self.upto, lengths, strict=True)]

    def _place(self, moment):
        """Return how many seconds were worked until a moment since the first that is loaded."""
        number = bisect_right(self.starts, moment) - 1
        if number < 0:
            return 0
        since = round((moment - self.starts[number]).total_seconds())
        return min(self.before[number] + since, self.upto[number])

    def between(self, start, end):
        """Return the working seconds between two moments, negative if the second is earlier."""
        self.cover(min(start, end), max(start, end))
        return self._place(end) - self._place(start)

    def add(self, start, seconds):
        """Return the first moment by which so many seconds were worked.

        A day that is worked to its end ends with it, not on the next morning.
        """
        if seconds <= 0:
            return start
        self.cover(start, start)
        while True:
            goal = self._place(start) + seconds
            number = bisect_left(self.upto, goal)
            if number < len(self.upto):
                return self.starts[number] + timedelta(seconds=goal - self.before[number])
            if self.high - start > FARTHEST:
                return self.high
            self.cover(self.low, self.high + (self.high - start))

    def subtract(self, end, seconds):
        """Return the last moment from which so many seconds were worked until ``end``.

        It is a working one: at the start of a day, not at the end of the one before.
        """
        if seconds <= 0:
            return end
        self.cover(end, end)
        while True:
            goal = self._place(end) - seconds
            if goal >= 0:
                number = bisect_right(self.upto, goal)
                return self.starts[number] + timedelta(seconds=goal - self.before[number])
            if end - self.low > FARTHEST:
                return self.low
            self.cover(self.low - AHEAD - (end - self.low), self.high)


def count_down(clock, start, seconds, waits):
    """Return when so much working time is used up, and the seconds it stood still until then.

    What was waited after the time was used up adds nothing.

    :param waits: pairs of moments between which the time stood still, in their order
    """
    due, waited = clock.add(start, seconds), 0
    for begin, end in waits:
        begin = max(begin, start)
        if begin < due and begin < end:
            pause = clock.between(begin, end)
            due = clock.add(due, pause)
            waited += pause
    return due, waited
