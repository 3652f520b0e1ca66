"""Shadow: the same community on the same luck, but nobody ever intervened.

Beside it a run shows its equity gain, and whether that gain is sustained, both by the definitions
of `simulation.outcomes` and `experiments.judge`. Until the first intervention begins the two runs
are one, so the shadow starts there. What it says of a month rests on what had begun by that month
alone: an event that is played later changes nothing of what was shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from experiments.judge import HORIZONS, Push, push_of
from simulation.browser.session.past import shared_past
from simulation.browser.session.track import Snapshot, Track
from simulation.browser.session.values import LOST, NOT_YET, YES
from simulation.outcomes import equity_gain, sustained
from simulation.recorder import Recorder
from simulation.specification import Specification

HALF_WINDOW = 6
"""Months on either side over which a verdict averages the gain (see `sustained`)."""

EVERY = 24
"""Months between the shadow's snapshots."""


class Shadow:
    """What a run gained against the same run without interventions.

    Attributes:
        gain: equity gain by month; not a number before the first intervention begins.
    """

    def __init__(self, specification: Specification, luck: int) -> None:
        self.specification = specification
        self.luck = luck
        self.gain: list[float] = []
        self._track: Track | None = None

    @property
    def known(self) -> bool:
        """Whether anybody intervenes at all."""
        return push_of(self.specification) is not None

    def cut(self, after: int) -> None:
        """Forget what was gained after a month."""
        del self.gain[after + 1 :]

    def redirect(self, specification: Specification) -> None:
        """Take another future; the shadow itself changes only where incidents do."""
        old, new = (s.without_interventions() for s in (self.specification, specification))
        self.specification = specification
        if self._track is None:
            return
        keep = shared_past(old, new)
        if keep < min(self._track.snapshots):
            self._track = None
        elif keep < self._track.month or old.months != new.months:
            self._track.redirect(new, min(keep, self._track.month))
        else:
            self._track.adopt(new)

    def add(self, recorder: Recorder, month: int, snapshot: Callable[[int], Snapshot]) -> float:
        """Return the month's equity gain and keep it.

        Args:
            recorder: of the run with the interventions, up to the month.
            month: which month; they are added in order.
            snapshot: gives the latest state of that run up to a month.
        """
        push = begun(self.specification, month)
        gain = math.nan
        if push is not None:
            gain = self._gain(recorder, month, push, snapshot)
        self.gain.append(gain)
        return gain

    def _gain(
        self, recorder: Recorder, month: int, push: Push, snapshot: Callable[[int], Snapshot]
    ) -> float:
        if self._track is not None and month < min(self._track.snapshots):
            self._track = None  # somebody intervenes earlier now
        if self._track is None:
            first = min(e.first for e in self.specification.events if e.intervention)
            self._track = Track(
                self.specification.without_interventions(),
                self.luck,
                every=EVERY,
                start=snapshot(min(first, push.start) - 1),
            )
        track = self._track
        if track.month > month:
            track.rewind(month)
        while track.month < month:
            track.step()
        with_, without = (
            (r.latest("gap", boundary="people"), r.latest("worst_off", boundary="people"))
            for r in (recorder, track.recorder)
        )
        return float(equity_gain([with_[0]], [without[0]], [with_[1]], [without[1]])[0])

    def verdict(self, month: int) -> float:
        """Return whether the gain counts as sustained in a month: `NOT_YET`, `YES` or `LOST`.

        It is `sustained` of the judge with a horizon that moves along: the gain of the last 13
        months against half of that in the push's last year, and at least `measures.least_gain`. So
        12, 24 and 48 months after the push (and half a window) it says what the judge says. Before
        the first of these the answer is "not yet"; so it is where there was never a gain to lose.
        """
        push = begun(self.specification, month)
        if push is None:
            return math.nan
        after = month - HALF_WINDOW - push.end
        if after < HORIZONS[0]:
            return NOT_YET
        least = self.specification.measures.least_gain
        found = sustained(
            [0.0 if math.isnan(g) and m < push.start else g for m, g in enumerate(self.gain)],
            range(len(self.gain)),
            push.end,
            after=after,
            push_start=push.start,
            floor=least,
            window=HALF_WINDOW,
        )
        if found.sustained is None:
            return math.nan
        if found.sustained:
            return YES
        return LOST if found.gain_during >= least else NOT_YET


def begun(specification: Specification, month: int) -> Push | None:
    """Return the push as far as it has begun by a month; None before anybody intervenes."""
    events = tuple(e for e in specification.events if e.first <= month)
    return push_of(specification.model_copy(update={"events": events}))
