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
        claim: what is claimed, in a sentence; a positive equity gain speaks for it.
        with_: the scenario that has what the finding is about.
        without: the scenario beside it.
        timed_by: the scenario whose push says from when "after the push" counts, in both arms.
        equal_money: whether the same money is spent in both.
    """

    id: str
    name: str
    claim: str
    with_: str
    without: str
    timed_by: str
    equal_money: bool = True

    @property
    def arms(self) -> tuple[str, str]:
        """The two scenarios."""
        return self.with_, self.without


FINDINGS: dict[str, Finding] = {
    finding.id: finding
    for finding in (
        Finding(
            "F1",
            "resident succession",
            "a push after which residents succeed as leaders leaves more equity than the same "
            "push alone",
            "headline/push_with_succession",
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
        ),
        Finding(
            "F3",
            "far-sighted institutions",
            "institutions that look ahead leave more equity than institutions that live in the "
            "present",
            "headline/far_sighted",
            "headline/present_biased",
            "headline/push_alone",
        ),
        Finding(
            "F4",
            "the lasting switches alone",
            "resident succession leaves more equity than nothing at all, without any push",
            "headline/succession_alone",
            "baseline",
            "headline/push_alone",
        ),
        Finding(
            "F5",
            "succession while funded",
            "resident succession that ends with the grant still leaves more equity than the same "
            "push alone",
            "headline/succession_while_funded",
            "headline/push_alone",
            "headline/push_alone",
        ),
    )
}
"""Every finding, in the order in which they are shown. F4 beside F1 says how much the push adds."""


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
