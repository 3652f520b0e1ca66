"""An independent library as judge of how opinions move: NDlib (Rossetti et al. 2018).

It is written in Python, node by node, by others; same input, same answer.
"""

from __future__ import annotations

import ndlib.models.opinions as peers
import networkx as nx
import numpy as np
import pytest
from ndlib.models.ModelConfig import Configuration
from scipy.stats import ks_2samp

from simulation.community import CommunityModel
from simulation.state import Floats
from tests.communities import only

EVENLY = {
    "opinion": 0.5,
    "opinion_spread": 3**-0.5 / 2,
    "opinion_shape": "uniform",
    "congruence": 0.0,
}


def community(size: int, seed: int, **dialogue: object) -> CommunityModel:
    """Return people who only talk, everyone with everyone, from opinions drawn evenly."""
    spec = only(
        "dialogue", groups=[{"name": "all", "size": size}], ties={"kind": "complete"},
        parameters={"start": EVENLY, "dialogue": dialogue},
    )  # fmt: skip
    return CommunityModel(spec, rng=seed)


def peer(model: type, graph: nx.Graph, **settings: float) -> object:
    """Return a model of the library, ready to run."""
    found = model(graph)
    config = Configuration()
    for name, value in settings.items():
        config.add_model_parameter(name, value)
    found.set_initial_status(config)
    found.iteration()  # the library's first one only reports the start
    return found


@pytest.mark.parametrize("own_voice", [0.0, 1.0])
@pytest.mark.parametrize("confidence", [0.05, 0.25])
def test_bounded_confidence_moves_each_person_as_the_library_does(
    own_voice: float, confidence: float
) -> None:
    """The library moves one person an iteration; with a tie to oneself it is the published rule."""
    ours = community(40, 3, own_voice=own_voice, confidence=confidence)
    before = ours.residents.opinion.copy()
    ours.step()
    graph = nx.complete_graph(40)
    if own_voice:
        graph.add_edges_from((n, n) for n in graph)
    model = peer(peers.HKModel, graph, epsilon=confidence)
    np.random.seed(5)  # noqa: NPY002 - the library draws from NumPy's old generator
    moved = set()
    for _ in range(60):
        model.status = dict(enumerate(before.tolist()))
        after = model.iteration()["status"]
        for person, opinion in after.items():
            if opinion != before[person]:
                moved.add(person)
                assert ours.residents.opinion[person] == pytest.approx(opinion, abs=1e-12)
    assert len(moved) > 20


def courses(size: int, runs: int, sweeps: int, confidence: float) -> tuple[Floats, Floats]:
    """Return the spread of opinions by run and sweep, ours and the library's."""
    ours, theirs = np.empty((runs, sweeps)), np.empty((runs, sweeps))
    np.random.seed(7)  # noqa: NPY002 - the library draws from NumPy's old generator
    for run in range(runs):
        here = community(size, run, exchange="pairwise", confidence=confidence)
        graph = nx.complete_graph(size)
        there = peer(peers.AlgorithmicBiasModel, graph, epsilon=confidence, gamma=0.0)
        for sweep in range(sweeps):
            here.step()
            ours[run, sweep] = here.residents.opinion.std()
            theirs[run, sweep] = np.std(list(there.iteration()["status"].values()))
    return ours, theirs


@pytest.mark.parametrize("confidence", [0.2, 0.4])
def test_pairs_come_together_as_fast_as_in_the_library(confidence: float) -> None:
    """Both start from opinions of their own, so courses agree in distribution."""
    ours, theirs = courses(60, 24, 12, confidence)
    for sweep in (0, 3, 11):
        one, two = ours[:, sweep], theirs[:, sweep]
        error = np.sqrt((one.var(ddof=1) + two.var(ddof=1)) / len(one))
        assert abs(one.mean() - two.mean()) < 3.5 * error
        assert ks_2samp(one, two).pvalue > 0.005
    assert ours[:, -1].mean() < 0.9 * ours[:, 0].mean()
