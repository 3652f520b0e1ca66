"""Ablation and audit of the headline findings: exact where they can be, else by rule."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest

import scenarios
from experiments import judge
from experiments.compare import spent
from experiments.robustness import ablation, audit, tables
from experiments.robustness.conditions import DEFAULT, Condition, wordless
from experiments.robustness.findings import AFTER, FINDINGS, WINDOW, chosen
from experiments.robustness.mechanisms import SWITCHES, mechanisms
from experiments.robustness.pairs import OUTCOMES, PRIMARY, Effect, effect, pair, reading
from experiments.robustness.perturbations import PERTURBATIONS
from experiments.robustness.running import plan, run
from experiments.robustness.storing import read_tables, write_study
from experiments.robustness.study import Study, carry_out, prepare
from experiments.simulate import simulate
from simulation.cli.main import main
from simulation.errors import InputError
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
    assert list(table["outcome"]) == [*OUTCOMES, *OUTCOMES]
    assert table["state"].iloc[-len(OUTCOMES)] == audit.COUNTED


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
    assert first["verdict"] in (audit.UNJUDGED, audit.NOT_FOUND)
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


def test_a_perturbation_holds_by_sign_interval_and_side_of_the_threshold():
    default = Effect(0.05, 0.04, 0.06, 10)
    assert audit.holds(default, Effect(0.03, 0.001, 0.059, 10))
    assert not audit.holds(default, Effect(0.0299, 0.001, 0.058, 10))  # on the other side
    assert not audit.holds(default, Effect(0.05, 0.0, 0.1, 10))  # the interval touches 0
    assert not audit.holds(default, Effect(-0.05, -0.06, -0.04, 10))
    assert not audit.holds(default, Effect(0.05, np.nan, np.nan, 1))
    small = Effect(0.01, 0.005, 0.015, 10)
    assert audit.holds(small, Effect(0.02, 0.01, 0.03, 10))
    assert not audit.holds(small, Effect(0.03, 0.01, 0.05, 10))
    assert audit.holds(small, Effect(0.3, 0.1, 0.5, 10), threshold=None)
    worse = Effect(-0.02, -0.03, -0.01, 10)
    assert audit.holds(worse, Effect(-0.2, -0.3, -0.1, 10))


@pytest.mark.parametrize(
    ("held", "counted", "word"),
    [
        (18, 20, "robust"),
        (17, 20, "conditional"),
        (9, 10, "robust"),
        (89, 100, "conditional"),
        (12, 20, "conditional"),
        (11, 20, "artefact"),
        (3, 5, "conditional"),
        (59, 100, "artefact"),
        (0, 4, "artefact"),
        (0, 0, "not judged"),
    ],
)
def test_the_verdict_at_its_borders(held, counted, word):
    default = Effect(0.05, 0.04, 0.06, 10)
    yes, no = Effect(0.06, 0.05, 0.07, 10), Effect(0.0, -0.01, 0.01, 10)
    others = [(f"n{i}", yes if i < held else no) for i in range(counted)]
    verdict = audit.judged(default, others)
    assert (verdict.verdict, verdict.held, verdict.counted) == (word, held, counted)
    assert verdict.fails_with == tuple(f"n{i}" for i in range(held, counted))


def test_what_is_not_there_at_the_defaults_is_not_called_robust():
    yes = [("a", Effect(0.06, 0.05, 0.07, 10))]
    for default in (Effect(0.05, 0.0, 0.1, 10), Effect(0.05, np.nan, np.nan, 1)):
        assert audit.judged(default, yes).verdict == "not found at the defaults"


@pytest.mark.parametrize(
    ("on", "off", "change", "word"),
    [
        ((0.10, 0.08), 0.049, (-0.051, -0.06, -0.04), "carries it"),
        ((0.10, 0.08), 0.050, (-0.050, -0.06, -0.04), "carries part of it"),
        ((0.10, 0.08), 0.000, (-0.100, -0.21, 0.01), "no visible part"),
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
    assert ablation.part(with_all, Effect(off, 0.0, 0.0, 10), Effect(*change, 10)) == word


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
        wordless(scenarios.load(f"headline/{name}")) for name in ("push_alone", "push_long")
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
    row = studied("F4").findings.astype({"verdict": object, "fails_with": object})
    first = row["outcome"] == PRIMARY
    row.loc[first, ["verdict", "fails_with"]] = [
        "conditional", "networks: ring; networks: moore; forms: one rung"
    ]  # fmt: skip
    row.loc[first, ["held", "counted", "unchanged", "not_run"]] = [7, 10, 1, 0]
    (sentence,) = tables.verdict_sentences(row)
    assert "conditional" in sentence
    assert "7 of 10" in sentence
    assert "networks (ring, moore); forms (one rung)" in sentence
    assert "95 % interval" in sentence
    assert "stewardship tips in" in sentence


def test_the_command_prints_and_writes_everything(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["audit", "--findings", "f4", "--replicates", "2", "--months", str(SHORT), *WORDS]
    words += ["--condition", "living.alone", "--condition", "strict generator"]
    assert main([*words, "--out", "kept"]) == 0
    printed = capsys.readouterr().out
    for text in (
        "F4",
        "investment",
        "Philox",
        "95 % interval",
        "tips in",
        "Results: kept",
    ):
        assert text in printed
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
    assert len(summary["findings"]) == len(OUTCOMES)
    assert str(tmp_path) not in json.dumps(summary)
    assert main([*words, "--out", "kept", "--seed", "2"]) == 2
    assert "another result" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--findings", "F9"], "there is no such finding"),
        (["--condition", "rings"], "did you mean"),
        (["--months", "60"], "103 or more"),
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
    # F2 has no switches: switching them off is the same run, and costs none
    lean = prepare([FINDINGS["F2"]], conditions=["succession"], replicates=1, months=SHORT,
                   settings=TINY)  # fmt: skip
    assert len(lean.plan.runs) == 2
    done = carry_out(lean)
    assert set(done.ablation[done.ablation["outcome"] == PRIMARY]["part"]) == {ablation.NONE}
    assert effect(done.results["F2", "default"], PRIMARY).pairs == 1
