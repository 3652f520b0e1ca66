"""Ties files: what they mean, and that no file, however spoilt, ends in anything but one line."""

from __future__ import annotations

import math
import os
import random
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation.errors import InputError
from simulation.ties_file import TiesFile, read_ties

CSV = "source,target,reliability,openness,mission\nAda,Ben,0.8,0.6,0.7\nBen,Ada,0.5,0.6,\n"
KEYS = "".join(
    f'<key id="{name}" for="{what}" attr.name="{name}" attr.type="{kind}">{default}</key>'
    for name, what, kind, default in (
        ("trust", "edge", "double", ""),
        ("reliability", "edge", "double", ""),
        ("weight", "edge", "int", ""),
        ("openess", "edge", "double", ""),
        ("group", "node", "string", ""),
        ("name", "node", "string", ""),
        ("openness", "edge", "double", "<default>0.25</default>"),
    )
)


def graph(body: str, directed: bool = True) -> str:
    way = "directed" if directed else "undirected"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{KEYS}'
        f'<graph id="g" edgedefault="{way}">{body}</graph></graphml>\n'
    )


def node(name: str, data: str = "") -> str:
    return f'<node id="{name}">{data}</node>'


def edge(one: str, two: str, data: str = "") -> str:
    return f'<edge source="{one}" target="{two}">{data}</edge>'


def datum(key: str, value: object) -> str:
    return f'<data key="{key}">{value}</data>'


THREE = node("a") + node("b") + node("c")


def read(folder: Path, text: str | bytes, name: str = "ties.csv") -> TiesFile:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_ties(path)


def refused(folder: Path, text: str | bytes, name: str = "ties.csv") -> str:
    with pytest.raises(InputError) as caught:
        read(folder, text, name)
    line = str(caught.value)
    assert line.startswith(str(folder / name))
    assert line.isprintable()
    return line.removeprefix(str(folder / name))


# --- CSV ------------------------------------------------------------------------------------------


def test_a_table_of_ties(tmp_path: Path) -> None:
    ties = read(tmp_path, CSV)
    assert ties.names == ["Ada", "Ben"]
    assert ties.groups is None
    assert (ties.first.tolist(), ties.second.tolist()) == ([0, 1], [1, 0])
    assert ties.reliability is not None
    assert ties.mission is not None
    assert ties.reliability.tolist() == [0.8, 0.5]
    assert ties.mission[0] == 0.7
    assert math.isnan(ties.mission[1])


@pytest.mark.parametrize(
    "text",
    [
        CSV.replace(",", ";"),
        "\ufeff" + CSV,
        CSV.replace("\n", "\r\n"),
        CSV.replace("\n", "\r"),
        CSV.replace("source,target", "From,To"),
        "\n\n" + CSV.replace(",", " , "),
        CSV.replace("Ada", '"Ada"'),
        CSV.rstrip("\n"),
    ],
)
def test_ways_of_writing_the_same_table(tmp_path: Path, text: str) -> None:
    plain, other = read(tmp_path, CSV), read(tmp_path, text)
    assert plain.names == other.names
    for part in ("first", "second", "reliability", "openness", "mission"):
        assert np.array_equal(getattr(plain, part), getattr(other, part), equal_nan=True)


def test_one_column_of_trust_stands_for_its_parts(tmp_path: Path) -> None:
    ties = read(tmp_path, 'source,target,trust\n"Lee, Jo",b,0.25\nb,c,1\n')
    assert ties.names == ["Lee, Jo", "b", "c"]
    for part in (ties.reliability, ties.openness, ties.mission):
        assert part is not None
        assert part.tolist() == [0.25, 1.0]


def test_trust_may_be_left_out(tmp_path: Path) -> None:
    ties = read(tmp_path, "target,source\na,b\n")
    assert ties.reliability is ties.openness is ties.mission is None
    assert (ties.names, ties.first.tolist(), ties.second.tolist()) == (["b", "a"], [0], [1])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["the file is empty"]),
        (" \n\n", ["the file is empty"]),
        ("source,target\n", ["no ties below the header"]),
        ("Ada,Ben\nBen,Ada\n", ["line 1", "no such column", "'Ada'", "names the columns"]),
        ("source,target,reliabilty\na,b,1\n", ["line 1", "did you mean 'reliability'?"]),
        ("source,trust\na,1\n", ["line 1", "the column target is missing"]),
        ("source,target,source\na,b,c\n", ["line 1", "twice"]),
        ("source,target,trust,mission\na,b,1,1\n", ["line 1", "trust and mission"]),
        ("source,target,trust\na,b,much\n", ["line 2", "trust is not a number", "'much'"]),
        ("source;target;trust\na;b;0,5\n", ["line 2", "point before the decimals"]),
        ("source,target,trust\na,b,1\nb,c,nan\n", ["line 3", "out of range", "0 to 1"]),
        ("source,target,trust\na,b,1\nb,c,1.01\n", ["line 3", "out of range"]),
        ("source,target,trust\na,b,-0.1\n", ["line 2", "out of range"]),
        ("source,target,trust\na,b,inf\n", ["line 2", "out of range"]),
        ("source,target,trust\na,b,0_1\n", ["line 2", "not a number"]),
        ("source,target\na,b\n\na,a\n", ["line 4", "same person"]),
        ("source,target\na,b\nb,a\na,b\n", ["line 4", "there already, at line 2"]),
        ("source,target\na\n", ["line 2", "number of fields", "found 1", "allowed: 2"]),
        ("source,target\na,b,c\n", ["line 2", "number of fields"]),
        ("source,target\na, \n", ["line 2", "no name"]),
        ('source,target\n"a\nb",c\n', ["line 3", "not readable"]),
        ('source,target\n"a,c\n', ["quotes do not fit"]),
        ('source,target\n"a"b,c\n', ["line 2", "quotes do not fit"]),
        ("source,target\na,b\x00\n", ["line 2", "zero byte"]),
        (b"source,target\na,b\nJos\xe9,b\n", ["line 3", "UTF-8"]),
        (CSV.encode("utf-16"), ["line 1", "UTF-8"]),
        ("source,target\na," + "b" * 20_000, ["line 2", "too long"]),
        ("source,target\na," + "b" * 300, ["line 2", "not readable", "up to 200"]),
    ],
)
def test_a_table_that_cannot_be_used(tmp_path: Path, text: str | bytes, parts: list[str]) -> None:
    line = refused(tmp_path, text)
    assert [part for part in parts if part not in line] == []


# --- any file -------------------------------------------------------------------------------------


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "ties.csv").write_text(CSV)
    with pytest.raises(InputError, match=r"tie\.csv: there is no such file; did you mean 'ties"):
        read_ties(tmp_path / "tie.csv")


def test_what_is_no_file_at_all(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for path, part in (
        (tmp_path / "folder.csv", "folder"),
        (tmp_path / "nowhere" / "ties.csv", "no such file"),
        ("a\x00b.csv", "file"),
        ("x" * 5000 + ".csv", "file"),
        (tmp_path / "ties.xlsx", "allowed: .csv or .graphml"),
        ("", "allowed: .csv or .graphml"),
    ):
        with pytest.raises(InputError) as caught:
            read_ties(path)
        assert part in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match="not a plain file"):
        read_ties(tmp_path / "pipe.csv")


# --- GraphML --------------------------------------------------------------------------------------


def test_a_directed_graph(tmp_path: Path) -> None:
    body = THREE + edge("c", "a", datum("trust", 0.5) + datum("weight", 3))
    body = graph(body).replace("<default>0.25</default>", "")
    ties = read(tmp_path, body, "ties.graphml")
    assert ties.names == ["a", "b", "c"]
    assert (ties.first.tolist(), ties.second.tolist()) == ([2], [0])
    assert ties.openness is not None
    assert ties.openness.tolist() == [0.5]


def test_an_undirected_graph_ties_both_ways_and_knows_names_and_groups(tmp_path: Path) -> None:
    body = (
        node("a", datum("group", "north") + datum("name", "Ada"))
        + node("b", datum("group", "south"))
        + edge("a", "b", datum("reliability", 0.5))
    )
    ties = read(tmp_path, graph(body, directed=False), "ties.graphml")
    assert (ties.names, ties.groups) == (["Ada", "b"], ["north", "south"])
    assert sorted(zip(ties.first.tolist(), ties.second.tolist(), strict=True)) == [(0, 1), (1, 0)]
    assert ties.reliability is not None
    assert ties.openness is not None
    assert ties.reliability.tolist() == [0.5, 0.5]
    assert ties.openness.tolist() == [0.25, 0.25]  # the graph's default
    assert ties.mission is None


def test_a_graph_that_networkx_wrote(tmp_path: Path) -> None:
    theirs = nx.karate_club_graph()
    nx.write_graphml(theirs, tmp_path / "karate.graphml")
    ties = read_ties(tmp_path / "karate.graphml")
    assert len(ties.names) == 34
    assert ties.first.size == 2 * theirs.number_of_edges()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["the file is empty"]),
        ("source,target\na,b\n", ["line 1", "not XML"]),
        (graph(THREE)[:-12], ["line 2", "not XML"]),
        ("<html></html>", ["one graph with nodes", "0 graphs"]),
        (graph(""), ["one graph with nodes", "0 nodes"]),
        (graph(THREE + edge("a", "a")), ["'a' to 'a'", "same person"]),
        (graph(THREE + edge("a", "b") * 2), ["'a' to 'b'", "twice"]),
        (graph(THREE + edge("a", "b") + edge("b", "a"), directed=False), ["'b' to 'a'", "twice"]),
        (graph(THREE + edge("a", "d")), ["'a' to 'd'", "no node"]),
        (graph(THREE + node("a")), ["node number 4", "id of another"]),
        (graph(THREE + "<node/>"), ["node number 4", "no id"]),
        (graph(THREE + node("x" * 300)), ["node number 4", "too long"]),
        (graph(THREE + node("d", datum("name", "a"))), ["node 'd'", "one name"]),
        (graph(node("a", datum("group", "north")) + node("b")), ["node 'b'", "no group"]),
        (graph(THREE + edge("a", "b", datum("reliability", 2))), ["'a' to 'b'", "out of range"]),
        (graph(THREE + edge("a", "b", datum("reliability", "x"))), ["not a GraphML graph"]),
        (graph(THREE + edge("a", "b", datum("trust", 1))), ["trust and openness"]),
        (graph(THREE + edge("a", "b", datum("openess", 1))), ["did you mean 'openness'?"]),
        (graph(THREE + edge("a", "b", datum("missing", 1))), ["not a GraphML graph", "missing"]),
        (graph(THREE).replace("UTF-8", "UTF-9"), ["not XML"]),
        (graph(THREE).encode("utf-16"), ["not XML"]),
        (graph(THREE).encode() + b"\xff\x00", ["not XML"]),
    ],
)
def test_a_graph_that_cannot_be_used(tmp_path: Path, text: str | bytes, parts: list[str]) -> None:
    line = refused(tmp_path, text, "ties.graphml")
    assert [part for part in parts if part not in line] == []


# --- spoilt files ---------------------------------------------------------------------------------

GRAPH = graph(
    node("a", datum("group", "n"))
    + node("b", datum("group", "n"))
    + edge("a", "b", datum("weight", 3))
    + edge("b", "a", datum("reliability", 0.5))
)
SCRAPS = [
    b"", b"\x00", b"\xff", b"\n", b"\r", b'"', b",", b";", b"<", b">", b"&", b"]]>", b"nan",
    b"1e400", b"-1", b"source", b"<node/>", b"<graph>", b"<!ENTITY", b"\xef\xbb\xbf", b"\xef\xff",
    b"0", b"a", b"x" * 12_000, b'<edge source="a" target="a"/>', b"&#0;", b"\x85", b"\xc2\x85",
]  # fmt: skip


def spoil(content: bytes, luck: random.Random) -> bytes:
    for _ in range(luck.choice([1, 1, 2, 5])):
        start = luck.randrange(len(content) + 1)
        end = min(len(content), start + luck.choice([0, 0, 1, 1, 3, 20]))
        scrap = luck.choice([*SCRAPS, luck.randbytes(3), content[start : start + 30]])
        content = content[:start] + scrap + content[end:]
    return content


@pytest.mark.parametrize(("name", "base"), [("t.csv", CSV), ("t.graphml", GRAPH)])
def test_four_hundred_spoilt_files_each(tmp_path: Path, name: str, base: str) -> None:
    luck, outcomes = random.Random(7), {"read": 0, "refused": 0}
    read(tmp_path, base, name)
    for _ in range(400):
        try:
            ties = read(tmp_path, spoil(base.encode(), luck), name)
        except InputError as error:
            line = str(error)
            assert line.startswith(str(tmp_path / name))
            assert line.isprintable()
            assert len(line) < 2000
            outcomes["refused"] += 1
        else:
            assert_sound(ties)
            outcomes["read"] += 1
    assert min(outcomes.values()) >= 10


@given(content=st.one_of(st.binary(max_size=80), st.text('source,target\n;"ab01.', max_size=80)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("name", ["any.csv", "any.graphml"])
def test_any_content_is_read_or_refused(tmp_path: Path, name: str, content: bytes | str) -> None:
    try:
        ties = read(tmp_path, content, name)
    except InputError as error:
        line = str(error)
    else:
        assert_sound(ties)
        return
    assert line.isprintable()


def assert_sound(ties: TiesFile) -> None:
    n, m = len(ties.names), ties.first.size
    assert len(set(ties.names)) == n
    assert all(name and name == name.strip() for name in ties.names)
    assert ties.second.size == m
    assert len(set(zip(ties.first.tolist(), ties.second.tolist(), strict=True))) == m
    assert (ties.first != ties.second).all()
    assert ((ties.first >= 0) & (ties.first < n) & (ties.second >= 0) & (ties.second < n)).all()
    for part in (ties.reliability, ties.openness, ties.mission):
        assert part is None or part.shape == (m,)
        assert part is None or (np.isnan(part) | ((part >= 0) & (part <= 1))).all()
    assert ties.groups is None or len(ties.groups) == n
