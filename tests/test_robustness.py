"""Ablation and audit of the headline findings: exact where they can be, else by rule."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest

import scenarios
from experiments import judge
from experiments.compare import spent
from experiments.robustness import ablation, audit, quick, tables, verdicts
from experiments.robustness.conditions import DEFAULT, Condition
from experiments.robustness.effort import effort
from experiments.robustness.findings import AFTER, FINDINGS, WINDOW, chosen
from experiments.robustness.kept import Kept
from experiments.robustness.mechanisms import SWITCHES, mechanisms
from experiments.robustness.pairs import (
    OUTCOMES,
    OWN,
    PRIMARY,
    Effect,
    effect,
    outcomes_of,
    pair,
    reading,
)
from experiments.robustness.perturbations import PERTURBATIONS
from experiments.robustness.running import plan, run, still_to_do
from experiments.robustness.storing import read_tables, write_study
from experiments.robustness.study import Study, carry_out, prepare
from experiments.simulate import simulate
from simulation.cli.main import main
from simulation.errors import InputError
from simulation.fingerprint import run_id
from simulation.outcomes import equity_gain_by_group
from simulation.specification import specification_class

TINY = ["groups.north.size=20", "groups.south.size=20", "spin_up=0"]
SHORT = 49 + AFTER + WINDOW
WORDS = [word for setting in TINY for word in ("--set", setting)]


def studied(finding, *, off=(), perturbed=(), settings=TINY, replicates=2, processes=1):
    """Run one finding of a tiny community under a few conditions."""
    made = plan(
        [FINDINGS[finding]], (*off, *perturbed), replicates=replicates, months=SHORT,
        settings=settings,
    )  # fmt: skip
    return Study(made, run(made, processes=processes), tuple(off), tuple(perturbed))


def named(conditions, name):
    return next(condition for condition in conditions if condition.id == name)


def numbers(study):
    """Return the pairs of every finding and condition as bytes."""
    return {
        key: {name: values.tobytes() for name, values in contrast.pairs.items()}
        for key, contrast in study.results.items()
    }


# ------------------------------------------------------------------------------- real runs, exact


def test_a_mechanism_that_is_inert_has_no_visible_part_to_the_bit():
    # where no leader ever leaves, no memory can leave with leaders
    inert = named(mechanisms(), "learning.exit_loss")
    study = studied("F4", off=[inert], settings=[*TINY, "leadership.turnover=0"])
    assert len(study.plan.runs) == 4  # it was really run, not taken for the same
    on, off = (study.results["F4", name] for name in (DEFAULT.id, inert.id))
    for name in OUTCOMES:
        assert on.pairs[name].tobytes() == off.pairs[name].tobytes()
    row = study.ablation.set_index("outcome").loc[PRIMARY]
    assert (row["change"], row["change_low"], row["change_high"]) == (0.0, 0.0, 0.0)
    assert row["part"] == ablation.NONE


def test_without_the_lever_itself_the_effect_is_exactly_nothing():
    lever = named(mechanisms(), "succession: all five")
    events = named(mechanisms(), "events")
    study = studied("F4", off=[lever, events], replicates=3)
    assert np.any(study.results["F4", DEFAULT.id].pairs[PRIMARY] != 0.0)
    for condition in (lever, events):
        assert np.all(study.results["F4", condition.id].pairs[PRIMARY] == 0.0)
    rows = study.ablation[study.ablation["outcome"] == PRIMARY]
    assert (rows[["effect_off", "effect_off_low", "effect_off_high"]] == 0.0).all(axis=None)
    assert np.allclose(rows["change"], -rows["effect_on"], rtol=0, atol=1e-15)


def test_the_strict_generator_changes_numbers_and_nothing_else():
    strict = named(PERTURBATIONS, "strict generator")
    study = studied("F4", perturbed=[strict])
    default, other = (study.results["F4", name] for name in (DEFAULT.id, strict.id))
    assert default.pairs.keys() == other.pairs.keys()
    assert not other.failed
    assert np.isfinite(other.pairs[PRIMARY]).all()
    assert not np.array_equal(default.pairs[PRIMARY], other.pairs[PRIMARY])
    table = study.audit
    assert set(table["perturbation"]) == {"default", "strict generator"}
    read = outcomes_of(FINDINGS["F4"])
    assert list(table["outcome"]) == [*read, *read]
    # it is a replication: told, and not counted
    assert set(table["state"].iloc[-len(read) :]) == {audit.REPLICATED}
    assert table["told"].iloc[-len(read)] in ("holds", "reverses", "undecided")
    first = study.findings.iloc[0]
    assert (first["counted"], first["replications"]) == (0, 1)


def test_other_seeds_are_other_runs_and_processes_change_nothing():
    seeds = named(PERTURBATIONS, "other seeds 1")
    one, two = (studied("F4", perturbed=[seeds], processes=n) for n in (1, 2))
    assert numbers(one) == numbers(two)
    pairs = [one.results["F4", name].pairs["displaced"] for name in (DEFAULT.id, seeds.id)]
    gains = [one.results["F4", name].pairs[PRIMARY] for name in (DEFAULT.id, seeds.id)]
    assert len(pairs[0]) == len(pairs[1]) == 2
    assert not set(gains[0].tolist()) & set(gains[1].tolist())


def test_what_cannot_be_run_is_listed_with_its_reason_and_not_counted():
    crowded = Condition("crowded", "networks", "more friends than people", {"ties.degree": 1000})
    horizon = named(PERTURBATIONS, "shorter horizon")  # already as short as it may be
    study = studied("F4", off=[crowded], perturbed=[crowded, horizon])
    assert study.ablation["part"].tolist() == [ablation.CANNOT]
    row = study.audit[study.audit["perturbation"] == "crowded"].iloc[0]
    assert row["state"] == audit.CANNOT
    assert "ties" in row["reason"]
    first = study.findings.iloc[0]
    assert (first["counted"], first["not_run"], first["unchanged"]) == (0, 1, 1)
    assert first["verdict"] in (verdicts.UNJUDGED, verdicts.NOT_FOUND, verdicts.TOO_SMALL)
    assert "cannot be run" in tables.markdown(tables.audit_cells(study.audit, "F4"))
    assert "cannot be run" in tables.markdown(tables.ablation_cells(study.ablation, "F4"))


def test_a_pair_comes_to_what_the_judge_says():
    with_ = scenarios.load("headline/push_alone", overrides=TINY, months=SHORT)
    push = judge.push_of(with_)
    arms = simulate([with_, with_.without_interventions()], seed=3, replicates=1)
    told = judge.outcomes(*arms, push, with_.measures).iloc[0]
    found = pair(*(reading(arm, with_.measures) for arm in arms), push.end)
    for ours, theirs in ((PRIMARY, "gain_48"), ("gain_end", "gain_end")):
        assert found[ours] == pytest.approx(told[theirs], abs=1e-12)
    assert found["worst_off_worse"] == float(told["worst_off_worse"])


# -------------------------------------------------------------------------------------- the rules


YES, NO, OPEN = (
    Effect(0.06, 0.05, 0.07, 10),
    Effect(-0.06, -0.07, -0.05, 10),
    Effect(0.01, -0.01, 0.03, 10),
)
THERE = Effect(0.05, 0.04, 0.06, 10)


def tried(held, reversed_, undecided=0, family="networks"):
    words = [(YES, held), (NO, reversed_), (OPEN, undecided)]
    effects = [found for found, count in words for _ in range(count)]
    return [verdicts.Tried(family, f"n{i}", found) for i, found in enumerate(effects)]


def test_a_perturbation_holds_reverses_or_leaves_undecided_by_its_interval():
    for found, word in (
        (Effect(0.03, 0.001, 0.059, 10), "holds"),
        (Effect(-0.03, -0.059, -0.001, 10), "reverses"),
        (Effect(0.05, 0.0, 0.1, 10), "undecided"),
        (Effect(-0.05, -0.1, 0.0, 10), "undecided"),
        (Effect(0.05, np.nan, np.nan, 1), "undecided"),
    ):
        assert verdicts.told(found) == word
    assert verdicts.told(NO, claims=-1) == "holds"
    assert verdicts.told(YES, claims=-1) == "reverses"


def test_a_size_is_crossed_only_by_whole_intervals():
    large, small = Effect(0.05, 0.031, 0.07, 10), Effect(0.02, 0.01, 0.029, 10)
    assert verdicts.crossed(large, small, 0.03) == "falls below .03"
    assert verdicts.crossed(small, large, 0.03) == "rises above .03"
    knife = Effect(0.031, 0.028, 0.034, 10)
    assert verdicts.crossed(knife, Effect(0.029, 0.0285, 0.0295, 10), 0.03) == ""
    assert verdicts.crossed(large, Effect(0.029, 0.001, 0.057, 10), 0.03) == ""
    assert verdicts.crossed(large, small, None) == ""
    mirrored = [Effect(-e.value, -e.high, -e.low, 10) for e in (large, small)]
    assert verdicts.crossed(*mirrored, 0.03, claims=-1) == "falls below .03"
    # it is named, and still holds the direction
    verdict = verdicts.judged(large, [verdicts.Tried("sizes", "half", small)])
    assert (verdict.verdict, verdict.falls_with) == ("robust", ("sizes: half",))


def test_more_pairs_never_turn_a_hold_into_a_failure():
    """The same effects with narrower intervals around them: no verdict gets worse."""
    effects = (0.031, 0.029, 0.06, 0.012)
    for width in (0.011, 0.005, 0.0001):
        found = [Effect(e, e - width, e + width, 10) for e in effects]
        others = [verdicts.Tried("sizes", str(n), e) for n, e in enumerate(found)]
        assert verdicts.judged(Effect(0.05, 0.05 - width, 0.05 + width, 10), others).verdict == (
            "robust"
        )


@pytest.mark.parametrize(
    ("held", "reversed_", "undecided", "word"),
    [
        (18, 2, 0, "robust"),
        (17, 3, 0, "conditional"),
        (89, 11, 0, "conditional"),
        (90, 10, 0, "robust"),
        (12, 8, 0, "conditional"),
        (11, 9, 0, "artefact"),
        (3, 2, 0, "conditional"),
        (59, 41, 0, "artefact"),
        (0, 4, 0, "artefact"),
        (9, 1, 10, "robust"),  # undecided ones are no failures
        (9, 1, 11, "not judged"),  # but most must be decided
        (0, 0, 5, "not judged"),
        (0, 0, 0, "not judged"),
    ],
)
def test_the_verdict_at_its_borders(held, reversed_, undecided, word):
    verdict = verdicts.judged(THERE, tried(held, reversed_, undecided))
    assert verdict.verdict == word
    assert [verdict.told[w] for w in ("holds", "reverses", "undecided")] == [
        held, reversed_, undecided,
    ]  # fmt: skip
    assert verdict.counted == held + reversed_ + undecided
    assert verdict.reverses_with == tuple(f"networks: n{i}" for i in range(held, held + reversed_))


def test_a_family_that_reverses_is_not_outvoted():
    many = tried(20, 0, family="forms")
    few = tried(1, 2, family="sizes")
    assert verdicts.judged(THERE, [*many, *tried(1, 1, family="sizes")]).verdict == "robust"
    verdict = verdicts.judged(THERE, [*many, *few])
    assert verdict.verdict == "conditional"
    assert verdicts.family_text(verdict.families) == "forms 20/0/0; sizes 1/2/0"


@pytest.mark.parametrize(
    ("default", "word", "remark"),
    [
        ((0.05, 0.0, 0.1), "not found at the defaults", "holds 0"),
        ((0.05, np.nan, np.nan), "not found at the defaults", "no interval"),
        ((-0.05, -0.06, -0.04), "against the claim", ""),
        ((-0.05, -0.06, -0.001), "against the claim", ""),
        ((0.004, 0.003, 0.005), "too small to matter", "on the claimed side"),
        ((-0.004, -0.005, -0.003), "too small to matter", "against the claim"),
        ((0.004, -0.003, 0.011), "too small to matter", "holds 0"),
        ((0.02, 0.01, 0.03), "robust", ""),  # it may matter
    ],
)
def test_the_defaults_come_first(default, word, remark):
    verdict = verdicts.judged(Effect(*default, 10), tried(10, 0))
    assert verdict.verdict == word
    assert remark in verdict.remark
    assert bool(remark) == bool(verdict.remark)


def test_the_direction_is_the_claim_s_and_shares_have_no_least_size():
    worse = Effect(-0.05, -0.06, -0.04, 10)
    assert verdicts.judged(worse, tried(0, 10), claims=-1).verdict == "robust"
    # holding everywhere makes nothing robust that stands against the claim
    assert verdicts.judged(worse, tried(0, 10)).verdict == "against the claim"
    small = Effect(0.004, 0.003, 0.005, 10)
    assert verdicts.judged(small, tried(10, 0), threshold=None).verdict == "robust"


def test_words_of_the_ablation_are_adjusted_together():
    rng = np.random.default_rng(1)
    nothing = rng.normal(0.0, 1.0, (200, 10))
    real = rng.normal(3.0, 1.0, (5, 10))
    alone = [ablation.visible([change])[0] for change in nothing]
    together = ablation.visible([*nothing, *real])
    assert 2 < sum(alone) < 20  # some of many would seem to do something
    assert sum(together[:200]) <= 2
    assert all(together[200:])
    # what changes no pair is no test, and makes the others no harder to see
    still = np.zeros(10)
    assert ablation.visible([still, np.array([np.nan]), real[0]]) == [None, None, True]
    assert ablation.visible([np.full(4, 0.01)]) == [True]
    assert ablation.visible([still]) == [None]


@pytest.mark.parametrize(
    ("on", "off", "change", "word"),
    [
        ((0.10, 0.08), 0.049, (-0.051, -0.06, -0.04), "carries it"),
        ((0.10, 0.08), 0.050, (-0.050, -0.06, -0.04), "carries part of it"),
        ((0.10, 0.08), 0.000, (-0.100, -0.21, 0.01), "no visible part"),
        ((-0.01, -0.02), -0.09, (-0.08, -0.11, 0.01), "no visible part"),
        ((0.10, 0.08), 0.120, (0.020, 0.01, 0.03), "works against it"),
        ((0.10, 0.08), 0.100, (0.0, 0.0, 0.0), "no visible part"),
        ((-0.10, -0.12), -0.04, (0.06, 0.05, 0.07), "carries it"),
        ((-0.10, -0.12), -0.15, (-0.05, -0.06, -0.04), "works against it"),
        ((0.01, -0.02), -0.09, (-0.10, -0.11, -0.09), "nothing to carry"),
        ((0.01, -0.02), 0.11, (0.10, 0.09, 0.11), "works against it"),
    ],
)
def test_the_part_of_a_mechanism_at_its_borders(on, off, change, word):
    value, low = on
    with_all = Effect(value, low, 2 * value - low, 10)
    changed = Effect(*change, 10)
    assert ablation.part(with_all, Effect(off, 0.0, 0.0, 10), changed, changed.found) == word
    assert ablation.part(with_all, Effect(off, 0.0, 0.0, 10), changed, False) == "no visible part"


# ---------------------------------------------------------------------------------- what is tried


def test_findings_pair_the_same_money_where_they_say_so():
    for finding in FINDINGS.values():
        with_, without = (scenarios.load(name) for name in finding.arms)
        if finding.equal_money:
            assert spent(with_) == pytest.approx(spent(without))
        assert with_.months == without.months


def test_every_condition_can_be_laid_on_every_finding():
    everything = prepare(chosen(), replicates=1)
    assert [key for key, arms in everything.plan.arms.items() if isinstance(arms, str)] == []
    ids = [condition.id for condition in everything.plan.conditions]
    assert len(ids) == len(set(ids))
    switches = {
        event.id
        for event in scenarios.load("headline/push_with_succession").events
        if event.kind == "set"
    }
    assert switches == set(SWITCHES)
    # everyone shares the default run of an arm, whatever a scenario is called
    short, long = (
        run_id(scenarios.load(f"headline/{name}"), 1) for name in ("push_alone", "push_long")
    )
    assert short == long
    assert len(plan(chosen(), ()).runs) == 8


def test_orders_of_the_month_hold_every_process_once():
    spec = scenarios.load("baseline")
    usual = list(type(spec.parameters).model_fields)
    usual.remove("start")
    orders = [c.applied(spec).month for c in PERTURBATIONS if "month" in c.changes(spec)]
    assert len(orders) == 3
    assert all(sorted(order) == sorted(usual) for order in orders)
    assert all(a != b for a, b in itertools.combinations([*orders, tuple(usual)], 2))


def test_a_perturbed_scenario_is_the_one_that_was_meant():
    spec = scenarios.load("headline/push_alone")
    quarter = named(PERTURBATIONS, "groups 1 to 3").applied(spec)
    assert [g.size for g in quarter.groups] == [100, 300]
    twice = named(PERTURBATIONS, "twice the people").applied(spec)
    assert twice.size == 2 * spec.size
    count = named(PERTURBATIONS, "number of friends").applied(spec)
    assert count.parameters.activation.reinforcement * count.ties.degree == pytest.approx(
        spec.parameters.activation.reinforcement
    )
    lone = specification_class().model_validate({"groups": [{"name": "all", "size": 9}]})
    with pytest.raises(InputError, match="needs 2 groups"):
        named(PERTURBATIONS, "groups 1 to 3").applied(lone)


def test_runs_too_short_for_the_primary_outcome_are_refused():
    with pytest.raises(InputError, match="months"):
        plan([FINDINGS["F1"]], (), months=SHORT - 1)
    assert plan([FINDINGS["F1"]], (), months=SHORT).ends == {"F1": 49}


def test_a_longer_push_is_also_read_at_each_arm_s_own_end():
    study = studied("F2")
    made = study.plan
    assert (made.ends["F2"], made.own_ends["F2"]) == (49, (49, 25))
    # both arms have the same run without a push, which is run once
    _, _, one, other = made.arms["F2", "default"]
    assert one == other
    assert len(made.runs) == 3
    specs = [scenarios.load(f"headline/{name}", overrides=TINY, months=SHORT)
             for name in ("push_long", "push_short")]  # fmt: skip
    arms = simulate([*specs, specs[0].without_interventions()], seed=1, replicates=1)
    means = [reading(arm, specs[0].measures) for arm in arms]
    gains = []
    for own, end in zip(means[:2], (49, 25), strict=True):
        gain = equity_gain_by_group(own.means, means[2].means).gain
        near = np.abs(own.months - (end + AFTER)) <= WINDOW
        gains.append(gain[near].mean())
    found = study.results["F2", "default"].pairs
    assert found[OWN][0] == pytest.approx(gains[0] - gains[1], abs=1e-15)
    assert found[OWN][0] != found[PRIMARY][0]
    # it stands beside the other where it is read, and is left out elsewhere
    (sentence,) = tables.verdict_sentences(study.findings)
    assert "after each push's own end" in sentence
    assert "against its own run without the push" in sentence
    assert OWN in set(study.findings["outcome"])
    assert OWN not in outcomes_of(FINDINGS["F1"])


# ------------------------------------------------------------------------- short list, and going on


def test_the_short_list_covers_every_process_and_every_family():
    listed = prepare(chosen(), quick=True, replicates=1)
    assert [c.id for c in listed.mechanisms] == [
        c.id for c in mechanisms() if c.id in quick.MECHANISMS
    ]
    assert len(listed.mechanisms) == len(quick.MECHANISMS)
    assert len(listed.perturbations) == len(quick.PERTURBATIONS) == 20
    processes = {c.id for c in mechanisms() if c.family == "process"} - {"events"}
    assert {c.id.partition(".")[0] for c in listed.mechanisms} >= processes
    assert {c.family for c in listed.perturbations} == {c.family for c in PERTURBATIONS}
    with pytest.raises(InputError, match="one of them"):
        prepare(chosen(), quick=True, conditions=["ring"])


def test_a_study_that_was_stopped_goes_on_where_it_was(tmp_path):
    file = tmp_path / "runs.jsonl"
    made = plan([FINDINGS["F4"]], [named(PERTURBATIONS, "ring")], replicates=2, months=SHORT,
                settings=TINY)  # fmt: skip
    whole = run(made)

    class StoppedError(Exception):
        pass

    def stop(done, total):
        if done == 3:
            raise StoppedError

    with pytest.raises(StoppedError):
        run(made, kept=Kept(file), progress=stop)
    with file.open("a", encoding="utf-8") as cut:
        cut.write('{"run": "cut o')
    kept = Kept(file)
    assert len(kept) == 3
    assert len(still_to_do(made, kept)) == 5
    assert effort(made, kept)[:2] == (5, 3)
    assert len(kept) == 4
    counts = []
    assert [c.pairs[PRIMARY].tobytes() for c in run(
        made, kept=kept, progress=lambda done, total: counts.append((done, total))
    ).values()] == [c.pairs[PRIMARY].tobytes() for c in whole.values()]  # fmt: skip
    assert counts[-1] == (4, 4)  # the run that was timed is kept
    # all of it is there now, also for a study with fewer conditions; read by other code, none is
    assert not still_to_do(plan([FINDINGS["F4"]], (), replicates=2, months=SHORT, settings=TINY),
                           Kept(file))  # fmt: skip
    assert effort(made, Kept(file)).text.startswith("0 runs (8 more are there already)")
    other = tmp_path / "other.jsonl"
    other.write_text(file.read_text().replace(kept.by, "0" * 32))
    assert len(Kept(other)) == 0
    notes = tmp_path / "notes.txt"
    notes.write_text("mine")
    with pytest.raises(InputError, match="no file of runs"):
        Kept(notes)
    assert notes.read_text() == "mine"


# ---------------------------------------------------------------------------- tables and the shell


def test_tables_from_stored_files_are_those_of_the_study(tmp_path):
    study = studied("F4", off=mechanisms()[:1], perturbed=[named(PERTURBATIONS, "ring")])
    write_study(study, tmp_path / "first")
    write_study(study, tmp_path / "second")
    for name in ("findings", "ablation", "audit"):
        first, second = ((tmp_path / f / f"{name}.csv").read_bytes() for f in ("first", "second"))
        assert first == second
        assert str(tmp_path).encode() not in first
    stored = read_tables(tmp_path / "first")
    assert stored.keys() == study.tables.keys()
    assert list(stored["findings"].columns) == list(audit.FINDING_COLUMNS)
    assert list(stored["audit"].columns) == list(audit.AUDIT_COLUMNS)
    assert list(stored["ablation"].columns) == list(ablation.COLUMNS)
    for one, two in ((study.tables, stored),):
        assert tables.findings_cells(one["findings"]) == tables.findings_cells(two["findings"])
        for cells, name in ((tables.audit_cells, "audit"), (tables.ablation_cells, "ablation")):
            assert cells(one[name], "F4") == cells(two[name], "F4")
        sentences = [tables.verdict_sentences(x["findings"]) for x in (one, two)]
        assert sentences[0] == sentences[1]
        carried = [tables.ablation_sentences(x["ablation"], x["findings"]) for x in (one, two)]
        assert carried[0] == carried[1]
    text = tables.markdown(tables.audit_cells(stored["audit"], "F4"))
    assert text.splitlines()[1].startswith("| --- | --- | ---: |")
    assert "a ring" in text
    with pytest.raises(InputError, match="findings"):
        read_tables(tmp_path)


def test_a_conditional_verdict_names_where_it_fails():
    words = ["verdict", "families", "reverses_with", "falls_with"]
    row = studied("F4").findings.astype(dict.fromkeys(words, object))
    first = row["outcome"] == PRIMARY
    row.loc[first, words] = [
        "conditional", "networks 5/2/1; forms 2/1/0",
        "networks: ring; networks: moore; forms: one rung", "forms: code",
    ]  # fmt: skip
    numbers = ["held", "reversed", "undecided", "counted", "unchanged", "not_run"]
    row.loc[first, numbers] = [7, 3, 1, 11, 1, 0]
    row.loc[first, ["replications", "replications_held"]] = [3, 2]
    row.loc[first, ["ratio_least", "ratio_median", "ratio_most"]] = [-0.5, 0.8, 1.25]
    (sentence,) = tables.verdict_sentences(row)
    assert "conditional" in sentence
    assert "Of 11 perturbations 7 hold it, 3 reverse it and 1 leave it undecided" in sentence
    assert "networks 5/2/1; forms 2/1/0" in sentence
    assert "networks (ring, moore); forms (one rung)" in sentence
    assert "falls wholly below .03 with forms (code)" in sentence
    assert "2 of 3 hold it" in sentence
    assert "median 0.80" in sentence or "median .80" in sentence
    assert "95 % interval" in sentence
    assert "stewardship tips in" in sentence


def test_the_command_prints_and_writes_everything(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["audit", "--findings", "f4", "--replicates", "2", "--months", str(SHORT), *WORDS]
    words += ["--condition", "living.alone", "--condition", "strict generator"]
    assert main([*words, "--out", "kept"]) == 0
    captured = capsys.readouterr()
    printed = captured.out
    assert "F4: 1 mechanisms, 1 perturbations, 2 replicates: 12 runs, about" in captured.err
    for text in (
        "F4",
        "investment",
        "Philox",
        "95 % interval",
        "tips in",
        "Claimed: lasting",
        "not counted",
        "The first of these words",
        "Benjamini and Hochberg",
        "Results: kept",
    ):
        assert text in " ".join(printed.split())
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    files = {path.name for path in (tmp_path / "kept").iterdir()}
    assert files == {"findings.csv", "ablation.csv", "audit.csv", "provenance.json"}
    record = json.loads((tmp_path / "kept" / "provenance.json").read_text())
    assert (record["kind"], record["seed"], record["replicates"]) == ("audit", 1, 2)
    findings = pd.read_csv(tmp_path / "kept" / "findings.csv")
    assert set(findings["finding"]) == {"F4"}
    assert findings["pairs"].eq(2).all()
    # the same again may take its place; another result may not
    assert main([*words, "--out", "kept", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["kind"] == "audit"
    assert len(summary["findings"]) == len(outcomes_of(FINDINGS["F4"]))
    assert str(tmp_path) not in json.dumps(summary)
    assert main([*words, "--out", "kept", "--seed", "2"]) == 2
    assert "another result" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--findings", "F9"], "there is no such finding"),
        (["--condition", "rings"], "did you mean"),
        (["--months", "60"], "103 or more"),
        (["--quick", "--condition", "ring"], "give one of them"),
        (["--replicates", "0"], "replicates"),
        (["--only", "ablation", "--condition", "ring"], "there is no such"),
        (["--set", "activation.reinforcment=2"], "reinforcement"),
    ],
)
def test_bad_input_is_one_clear_line(words, told, capsys):
    assert main(["audit", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert told in captured.err


def test_half_a_study_and_single_families():
    only = prepare([FINDINGS["F2"]], only="audit", replicates=1)
    assert not only.mechanisms
    assert len(only.perturbations) == len(PERTURBATIONS)
    family = prepare([FINDINGS["F2"]], conditions=["succession", "order"], replicates=1)
    assert {c.family for c in family.mechanisms} == {"succession"}
    assert {c.family for c in family.perturbations} == {"order"}
    # F2 has no switches: switching them off is the same run, and costs none; the third is unpushed
    lean = prepare([FINDINGS["F2"]], conditions=["succession"], replicates=1, months=SHORT,
                   settings=TINY)  # fmt: skip
    assert len(lean.plan.runs) == 3
    done = carry_out(lean)
    assert set(done.ablation[done.ablation["outcome"] == PRIMARY]["part"]) == {ablation.NONE}
    assert effect(done.results["F2", "default"], PRIMARY).pairs == 1
