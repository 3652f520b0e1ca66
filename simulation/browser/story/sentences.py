"""Sentences: what the ledger says of a change, in plain words whose numbers add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from experiments.summary import number
from simulation.browser.words import known, say
from simulation.ledger.indicators import BY_GROUP, GAP
from simulation.ledger.rounding import Told, told
from simulation.recorder import ALL

if TYPE_CHECKING:
    from simulation.ledger import Ledger

MOST = 4
"""Parts that a sentence names."""
HALF = 0.5
DIGITS = 3
"""Decimals of all numbers of a story, so that a value reads the same in every chapter."""


class Asked(NamedTuple):
    """A change to explain: an indicator of a group, between the ends of two months."""

    indicator: str
    group: str
    first: int
    last: int

    def of(self, indicator: str, group: str) -> Asked:
        """Return the same months of another indicator."""
        return self._replace(indicator=indicator, group=group)


def name_of(indicator: str) -> str:
    """Return what an indicator is called in lists."""
    return say(f"story.of.{indicator}.name")


def process_name(process: str) -> str:
    """Return what a process is called; its own name where it was added by hand."""
    key = f"story.process.{process}"
    return say(key) if known(key) else process


def told_name(indicator: str, group: str, groups: Sequence[str]) -> str:
    """Return what an indicator of a group is called within a sentence."""
    own = [name for name in groups if name != ALL]
    if indicator == GAP and len(own) == 2:
        return say("story.of.gap.told_two", one=own[0], two=own[1])
    who = say("story.all") if group == ALL else group
    return say(f"story.of.{indicator}.told", group=who)


def groups_of(indicator: str, groups: Sequence[str]) -> tuple[str, ...]:
    """Return the groups for which an indicator can be asked, "all" first."""
    own = tuple(name for name in groups if name != ALL)
    return (ALL, *own) if indicator in BY_GROUP else (ALL,)


class Change(NamedTuple):
    """A change and its parts, as they are told.

    Attributes:
        asked: what it is the change of.
        shown: the parts, rounded so that they add up; None where an end is not known.
        before: the value at the start, rounded.
        after: at the end: `before` and the parts.
    """

    asked: Asked
    shown: Told | None
    before: float
    after: float

    @classmethod
    def of(cls, ledger: Ledger, asked: Asked, most: int = MOST) -> Change:
        """Read a change out of the ledger."""
        indicator, group, first, last = asked
        ends = [ledger.value(indicator, group, month) for month in (first, last)]
        amounts = ledger.between(first, last)[ledger.row(indicator), :, ledger.column(group)]
        if any(value != value for value in (*ends, *amounts)):
            return cls(asked, None, *ends)
        parts = ledger.parts(indicator, first, last, group)
        shown = told(parts, most, digits=DIGITS, ends=(ends[0], ends[1]))
        return cls(asked, shown, *shown.ends(ends[0]))

    def number(self, value: float, signed: bool = False) -> str:
        """Return a number with the decimals of this change."""
        return number(value, signed, DIGITS)


def sentences(change: Change, groups: Sequence[str], *, opening: bool = True) -> list[str]:
    """Return a change in plain sentences: how much, and what it came from.

    With `opening` the first begins "In this model".
    """
    asked, shown = change.asked, change.shown
    if shown is None:
        return [say("story.not_known")]
    values = {
        "told": told_name(asked.indicator, asked.group, groups),
        "first": asked.first,
        "last": asked.last,
        "before": change.number(change.before),
        "after": change.number(change.after),
        "amount": change.number(abs(shown.whole)),
    }
    way = "rose" if shown.whole > 0 else "fell" if shown.whole < 0 else "same"
    whole = say(f"story.sentence.{way}", **values)
    begun = say("story.sentence.in_model", rest=whole)
    whole = begun if opening else whole[:1].upper() + whole[1:]
    found = [whole, *(_same(change) if way == "same" else _moved(change))]
    if shown.rest:
        found.append(say("story.sentence.rest", amount=change.number(shown.rest, True)))
    return found


def _moved(change: Change) -> list[str]:
    """Say what a change came from, what more helped, and what worked against it."""
    shown = change.shown
    assert shown is not None
    along = [part for part in shown.parts if part[1] * shown.whole > 0]
    against = [part for part in shown.parts if part[1] * shown.whole < 0]
    found = []
    if along:
        key = "most" if along[0][1] / shown.whole >= HALF else "largest"
        found.append(say(f"story.sentence.{key}", part=_listed(change, along[:1])))
    if along[1:]:
        found.append(say("story.sentence.with", parts=_listed(change, along[1:])))
    if against:
        found.append(say("story.sentence.against", parts=_listed(change, against)))
    return found


def _same(change: Change) -> list[str]:
    """Say what moved an indicator up and down where that came to nothing."""
    shown = change.shown
    assert shown is not None
    found = []
    for key, sign in (("up", 1), ("down", -1)):
        parts = [part for part in shown.parts if part[1] * sign > 0]
        if parts:
            found.append(say(f"story.sentence.{key}", parts=_listed(change, parts)))
    return found or [say("story.sentence.nothing")]


def _listed(change: Change, parts: Sequence[tuple[str, float]]) -> str:
    words = [
        say(
            "story.sentence.part",
            process=process_name(process),
            amount=change.number(amount, True),
        )
        for process, amount in parts
    ]
    if len(words) == 1:
        return words[0]
    return say(
        "story.sentence.and", first=say("story.sentence.comma").join(words[:-1]), last=words[-1]
    )


def one_step_back(ledger: Ledger, asked: Asked, process: str) -> list[Asked]:
    """Return what to ask next: the indicators that a process reads, over the same months.

    Of the gap, every group's part is asked for; otherwise that of the same group.
    """
    own = [name for name in ledger.groups if name != ALL]
    found = []
    for read in ledger.inputs(asked.indicator, process):
        if read == asked.indicator:
            continue
        by_group = read in BY_GROUP
        wanted = own if by_group and asked.indicator == GAP else [asked.group if by_group else ALL]
        found += [asked.of(read, group) for group in wanted]
    return found
