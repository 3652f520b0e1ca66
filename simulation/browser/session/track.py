"""Track: one community that can be sent back and on again, and given another future.

A community with snapshots every year and at each fork. What is to come may change (events, the
horizon); what has been stays, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.recorder import Recorder
from simulation.specification import Specification

EVERY = 12
"""Months between snapshots."""

Snapshot = dict[str, Any]


class Track:
    """A community on its way.

    Attributes:
        specification: what it is and what happens to it.
        community: the community as it stands.
        snapshots: its state by month; month 0 is always there.
        built: called with the community whenever one is built.
        back: called with the month to which the community has just been sent back.
    """

    def __init__(
        self,
        specification: Specification,
        luck: int,
        *,
        every: int = EVERY,
        built: Callable[[CommunityModel], None] | None = None,
        back: Callable[[int], None] | None = None,
        start: Snapshot | None = None,
    ) -> None:
        """Build the community.

        Args:
            specification: what it is and what happens to it.
            luck: seed of its chance.
            every: months between snapshots.
            built: called with the community whenever one is built.
            back: called with the month to which the community has just been sent back.
            start: state of a run with the same past, to begin from; None: the beginning.

        Raises:
            InputError: where nothing is recorded, for then there is nothing to show.
        """
        self.luck = luck
        self.every = every
        self._built, self._back = built, back
        self._build(specification, start)

    def _build(self, specification: Specification, start: Snapshot | None = None) -> None:
        self.specification = specification
        self.community = community_at(specification, self.luck, start)
        if not len(self.community.recorder.months):
            raise InputError("nothing is recorded", key="record.enabled", mend="switch it on")
        if self._built is not None:
            self._built(self.community)
        self.snapshots = {self.community.month: self.community.snapshot()}

    @property
    def month(self) -> int:
        """The last month that has run."""
        return self.community.month

    @property
    def recorder(self) -> Recorder:
        """The measures of all months so far."""
        return self.community.recorder

    def step(self) -> None:
        """Let one month pass."""
        self.community.step()
        if self.community.month % self.every == 0:
            self.snapshots[self.community.month] = self.community.snapshot()

    def rewind(self, month: int) -> None:
        """Stand at an earlier month again, and forget what came after it."""
        if month < self.month:
            start = max(m for m in self.snapshots if m <= month)
            self.community.restore(self.snapshots[start])
            if self._back is not None:
                self._back(start)
            self.snapshots = {m: s for m, s in self.snapshots.items() if m <= start}
            while self.month < month:
                self.step()
        self.snapshots.setdefault(self.month, self.community.snapshot())

    def redirect(self, specification: Specification, keep: int) -> None:
        """Take another specification that holds the same up to month `keep` (-1: in nothing)."""
        if keep < 0:
            self._build(specification)
            return
        self.rewind(keep)
        self.adopt(specification)

    def adopt(self, specification: Specification) -> None:
        """Take another specification that holds the same in all months so far."""
        self.specification = self.community.specification = specification
        self.community.running = self.month < specification.months

    def nearest(self, month: int) -> Snapshot:
        """Return the latest snapshot of a month up to `month`."""
        return self.snapshots[max(m for m in self.snapshots if m <= month)]


def community_at(
    specification: Specification, luck: int, start: Snapshot | None = None
) -> CommunityModel:
    """Return a community at month 0, or at a state that a run with the same past was in."""
    if start is None:
        return CommunityModel(specification, rng=luck)
    community = CommunityModel(specification.model_copy(update={"spin_up": 0}), rng=luck)
    community.specification = specification
    community.restore(start)
    return community


def run_on(
    specification: Specification, luck: int, start: Snapshot | None = None
) -> CommunityModel:
    """Return a community at its horizon; see `community_at`."""
    return community_at(specification, luck, start).run()
