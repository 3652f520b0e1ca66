"""The headline findings: named contrasts of two shipped scenarios, run in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulation.errors import InputError, nearest_name

THRESHOLD = 0.03
"""Equity gain from which a finding counts as large enough to matter (`measures.least_gain`)."""

AFTER = 48
"""Months after the push at which the equity gain is judged."""

WINDOW = 6
"""Months on either side that are averaged."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One contrast: what the first scenario comes to, beside the second.

    Attributes:
        id: short name, such as "F1".
        name: name for people.
        claim: what is claimed, in a sentence.
        with_: the scenario that has what the finding is about.
        without: the scenario beside it.
        timed_by: the scenario whose push says from when "after the push" counts, in both arms.
        equal_money: whether the same money is spent in both.
        claims: the direction that is claimed: 1 where the first scenario should come to more.
        own_end: whether each arm is also read so many months after its own push has ended, against
            its own run without the push. It matters where the pushes end at different times.
    """

    id: str
    name: str
    claim: str
    with_: str
    without: str
    timed_by: str
    equal_money: bool = True
    claims: int = 1
    own_end: bool = False

    @property
    def arms(self) -> tuple[str, str]:
        """The two scenarios."""
        return self.with_, self.without


FINDINGS: dict[str, Finding] = {
    finding.id: finding
    for finding in (
        Finding(
            "F1",
            "lasting resident succession",
            "lasting resident succession (five switches, kept on for good; only mentoring has a "
            "price) added to a push of the same money leaves more equity than the push alone",
            "headline/push_with_succession",
            "headline/push_alone",
            "headline/push_alone",
        ),
        Finding(
            "F5",
            "succession while funded",
            "the same five switches, all of them ended with the grant, still leave more equity "
            "than the push alone",
            "headline/succession_while_funded",
            "headline/push_alone",
            "headline/push_alone",
        ),
        Finding(
            "F2",
            "longer push",
            "the same money leaves more equity over three years than in one",
            "headline/push_long",
            "headline/push_short",
            "headline/push_long",
            own_end=True,
        ),
        Finding(
            "F3",
            "longer horizon, less present bias and binding together",
            "institutions with a longer horizon, less present bias and binding, all three "
            "together, leave more equity under the same push",
            "headline/far_sighted",
            "headline/present_biased",
            "headline/push_alone",
        ),
        Finding(
            "F4",
            "the lasting switches alone",
            "lasting resident succession leaves more equity than nothing at all, without a push",
            "headline/succession_alone",
            "baseline",
            "headline/push_alone",
        ),
    )
}
"""Every finding, in the order in which they are shown.

F5 stands right after F1, for it says how much of F1 is a reform that lasts, and costs nothing once
the grant has ended. F4 says how much of F1 needs no push. F3 moves three levers at once.
"""


def chosen(ids: Sequence[str] = ()) -> list[Finding]:
    """Return the findings named, in their own order; all of them where none is named.

    Raises:
        InputError: there is no finding of such an id.
    """
    wanted = [name.strip().upper() for name in ids if name.strip()]
    for name in wanted:
        if name not in FINDINGS:
            raise InputError(
                "there is no such finding",
                key="--findings",
                found=name,
                allowed=", ".join(FINDINGS),
                nearest=nearest_name(name, FINDINGS),
            )
    return [finding for key, finding in FINDINGS.items() if not wanted or key in wanted]
