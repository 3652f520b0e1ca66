"""Encounters: the forms of dialogue in which two people at a time change each other's opinions."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from pydantic import ValidationError

from simulation.community import CommunityModel
from simulation.processes.dialogue import Dialogue
from simulation.spaces import space
from simulation.specification import specify
from tests.communities import only
from tests.process_contract import ProcessContract

EVERYONE = {"kind": "complete"}
EVENLY = {
    "opinion": 0.5,
    "opinion_spread": 3**-0.5 / 2,
    "opinion_shape": "uniform",
    "congruence": 0.0,
}
"""Opinions drawn evenly between 0 and 1, and friends who trust each other fully all the same."""


def talking(exchange: str, groups: Any = 60, ties: Any = EVERYONE, **dialogue: Any) -> Any:
    """Return a community that only talks; groups as a number of people or as written."""
    if isinstance(groups, int):
        groups = [{"name": "all", "size": groups}]
    parameters = {"start": EVENLY, "dialogue": {"exchange": exchange, **dialogue}}
    return CommunityModel(only("dialogue", groups=groups, ties=ties, parameters=parameters), rng=4)


def two(exchange: str, opinions: tuple[float, float], **dialogue: Any) -> Any:
    """Return two people who meet once a month."""
    community = talking(exchange, 2, encounters=0.5, **dialogue)
    community.residents.opinion[:] = opinions
    return community


# --------------------------------------------------------------------------------- two at a time


def test_pairwise_keeps_the_sum_and_draws_people_together() -> None:
    community = talking("pairwise", confidence=0.3)
    before = community.residents.opinion
    total = before.sum()
    for _ in range(30):
        community.step()
        now = community.residents.opinion
        assert now.sum() == pytest.approx(total, abs=1e-12)
        assert before.min() <= now.min() <= now.max() <= before.max()
        assert now.std() <= before.std()
        before = now
    assert now.std() < 0.25


@pytest.mark.parametrize(
    ("voices", "convergence", "wanted"),
    [
        ((1.0, 1.0), 0.5, (0.4, 0.4)),
        ((1.0, 1.0), 0.25, (0.3, 0.5)),
        ((1.0, 3.0), 0.5, (0.5, 0.5)),
        ((1.0, 3.0), 0.4, (0.44, 0.52)),
        ((1.0, 9.0), 1.0, (0.6, 0.52)),  # nobody moves further than to the other
    ],
)
def test_pairwise_by_hand(
    voices: tuple[float, float], convergence: float, wanted: tuple[float, float]
) -> None:
    community = two("pairwise", (0.2, 0.6), convergence=convergence)
    community.residents.voice[:] = voices
    community.step()
    assert community.residents.opinion == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(("confidence", "moves"), [(0.2, True), (0.1999, False)])
def test_pairwise_hears_what_is_as_far_as_confidence(confidence: float, moves: bool) -> None:
    community = two("pairwise", (0.7, 0.9), confidence=confidence)
    community.step()
    assert (community.residents.opinion[0] != 0.7) == moves


def test_pairwise_leaves_those_who_are_not_susceptible() -> None:
    fixed = {"name": "fixed", "size": 5, "opinion": 0.9, "susceptibility": 0.0}
    acting = {"name": "acting", "size": 5, "committed": 1.0}
    community = talking("pairwise", [fixed, acting, {"name": "rest", "size": 20}])
    before = community.residents.opinion.copy()
    community.run(60)
    r = community.residents
    assert np.array_equal(r.opinion[r.group == 0], before[r.group == 0])
    assert (r.opinion[r.group == 1] != before[r.group == 1]).all()
    free = r.group > 0
    apart = np.abs(r.opinion[free, None] - r.opinion[r.group == 0]).mean()
    assert apart < np.abs(before[free, None] - before[r.group == 0]).mean()


# ------------------------------------------------------------------------------------- two words


@pytest.mark.parametrize("committed", [(), (0,), (1,), (0, 1)])
@pytest.mark.parametrize("hearer", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("speaker", [0.0, 0.5, 1.0])
def test_agreement_by_hand(speaker: float, hearer: float, committed: tuple[int, ...]) -> None:
    said: set[float] = set()
    for _ in range(2):
        community = two("agreement", (0.0, 0.0))
    for _ in range(12):
        month = community.month + 1
        who = int(2 * community.luck.uniform("dialogue/who", month, 0))
        coin = community.luck.uniform("dialogue/word", month, 0)
        word = float(coin < 0.5) if speaker == 0.5 else speaker
        said.add(word)
        r = community.residents
        r.opinion[[who, 1 - who]] = speaker, hearer
        r.committed[:] = [(n if who == 0 else 1 - n) in committed for n in (0, 1)]
        community.step()
        agreed = hearer in (0.5, word)
        wanted = [word if agreed else speaker, word if agreed else 0.5]
        for place in committed:
            wanted[place] = (speaker, hearer)[place]
        assert community.residents.opinion[[who, 1 - who]].tolist() == wanted
    assert said == ({0.0, 1.0} if speaker == 0.5 else {speaker})


@pytest.mark.parametrize("word", [0.0, 1.0])
def test_agreement_is_for_good(word: float) -> None:
    community = talking("agreement", encounters=3.0)
    community.residents.opinion[:] = word
    community.run(20)
    assert (community.residents.opinion == word).all()


def test_committed_people_never_change_and_win_the_rest() -> None:
    few = {"name": "few", "size": 12, "committed": 1.0}
    community = talking("agreement", [few, {"name": "rest", "size": 48}])
    r = community.residents
    r.opinion[:] = r.group == 0
    seen = []
    for _ in range(200):
        community.step()
        opinion = community.residents.opinion
        assert (opinion[r.group == 0] == 1.0).all()
        assert np.isin(opinion, (0.0, 0.5, 1.0)).all()
        seen.append(opinion.mean())
    assert seen[0] < 0.5
    assert seen[-1] == 1.0


def test_opinions_between_the_words_count_as_the_nearest_and_stay_until_changed() -> None:
    community = two("agreement", (0.2, 0.1))
    community.step()
    assert community.residents.opinion.tolist() == [0.0, 0.0]
    community = two("agreement", (0.9, 0.1))
    community.step()
    assert sorted(community.residents.opinion) in ([0.1, 0.5], [0.5, 0.9])


# ------------------------------------------------------------------------------- who meets whom


@pytest.mark.parametrize("exchange", ["pairwise", "agreement"])
def test_nobody_to_talk_to(exchange: str) -> None:
    for community in (
        talking(exchange, 1),
        talking(exchange, 30, {"kind": "random", "degree": 1e-9}),
        talking(exchange, encounters=0.0),
        talking(exchange, convergence=0.0, group_bias=1.0, groups=[
            {"name": "a", "size": 1}, {"name": "b", "size": 1}]),
    ):  # fmt: skip
        before = community.residents.opinion.copy()
        assert np.array_equal(community.run(3).residents.opinion, before)


@pytest.mark.parametrize("exchange", ["pairwise", "agreement"])
def test_who_listens_to_nobody_is_not_moved(exchange: str, tmp_path: Path) -> None:
    file = tmp_path / "ties.csv"
    file.write_text("source,target,trust\na,b,1\n")
    community = talking(exchange, 2, {"kind": "file", "path": str(file)}, encounters=5.0)
    community.residents.opinion[:] = 0.0, 1.0
    community.run(5)
    heard = {"pairwise": [1.0, 1.0], "agreement": [0.0, 1.0]}[exchange]
    assert community.residents.opinion == pytest.approx(heard, abs=1e-3)


@pytest.mark.parametrize("exchange", ["pairwise", "agreement"])
def test_implicit_and_written_out_complete_graphs_agree(
    exchange: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = [
        {"name": "a", "size": 70, "committed": 0.2, "voice": 2.0},
        {"name": "b", "size": 50, "susceptibility": 0.6},
    ]
    form = {"confidence": 0.4, "group_bias": 0.3, "encounters": 1.5}
    written = talking(exchange, groups, **form)
    monkeypatch.setattr(space, "IMPLICIT_FROM", 100)
    implicit = talking(exchange, groups, **form)
    assert (written.ties.implicit, implicit.ties.implicit) == (False, True)
    before = written.residents.opinion.copy()
    for community in (written, implicit):
        community.residents.present[::7] = False
        community.note_rows()
        community.run(12)
    assert implicit.residents.opinion == pytest.approx(written.residents.opinion, abs=1e-12)
    gone = ~written.residents.present
    assert np.array_equal(written.residents.opinion[gone], before[gone])
    assert (written.residents.opinion != before).mean() > 0.5


class InPairs(ProcessContract):
    process = Dialogue
    owns = (
        "residents.opinion", "residents.reached", "residents.safety", "ties.openness",
        "ties.mission", "connectors.caseload",
    )  # fmt: skip
    seldom = ("connectors.caseload",)
    follows = ("reached",)


class TestPairwise(InPairs):
    changes: ClassVar = {"parameters": {"dialogue": {"exchange": "pairwise"}}}


class TestAgreement(InPairs):
    changes: ClassVar = {"parameters": {"dialogue": {"exchange": "agreement"}}}


# ----------------------------------------------------------------------------- what is refused


def many(events: Any = (), **dialogue: Any) -> Any:
    """Return so many people, all tied to all, that their ties are not written out."""
    groups = [{"name": "all", "size": 3000}]
    return specify(groups=groups, ties=EVERYONE, parameters={"dialogue": dialogue}, events=events)


def change(key: str, value: Any, **more: Any) -> dict[str, Any]:
    """Return an event that sets a parameter."""
    return {"id": key, "kind": "set", "month": 2, "key": f"dialogue.{key}", "value": value, **more}


def test_narrow_confidence_needs_ties_or_encounters() -> None:
    assert many(exchange="pairwise", confidence=0.2).size == 3000
    assert many([change("confidence", 0.2)], exchange="pairwise").size == 3000
    for events, dialogue in (
        ([], {"confidence": 0.2}),
        ([change("confidence", 0.2)], {}),
        ([change("exchange", "averaging")], {"exchange": "pairwise", "confidence": 0.2}),
        ([change("exchange", "averaging", duration=3), change("confidence", 0.2, duration=2)],
         {"exchange": "pairwise"}),
    ):  # fmt: skip
        with pytest.raises((ValidationError, ValueError), match="everyone is heard"):
            many(events, **dialogue)
