"""The store: no run is lost or doubled, whatever happens and whenever, and it says so in a line."""

from __future__ import annotations

import errno
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.store import Store, compact, verify
from experiments.store.folder import told, write_json
from experiments.store.spool import SpoolWriter, read_spool
from simulation.cli.main import main
from simulation.errors import InputError
from tests.stores import fill, filled, jobs, plan, rows

STEPS = ("write", "fsync", "replace", "unlink", "ftruncate")


def taken(root: Path, to: Path, act: Callable[[], object]) -> list[Path]:
    """Do something, and return the folder as it was before every step that the system did for it.

    A process that is killed there leaves exactly these files behind.
    """
    pictures: list[Path] = []
    real = {name: getattr(os, name) for name in STEPS}
    busy = [False]

    def before(name: str) -> Callable[..., Any]:
        def step(*arguments: Any, **options: Any) -> Any:
            if not busy[0]:
                busy[0] = True
                picture = to / f"{len(pictures):03d}-{name}"
                shutil.copytree(root, picture)
                pictures.append(picture)
                busy[0] = False
            return real[name](*arguments, **options)

        return step

    try:
        for name in real:
            setattr(os, name, before(name))
        act()
    finally:
        for name, function in real.items():
            setattr(os, name, function)
    return pictures


def whole(path: Path) -> None:
    """Check that a store goes on where it was and holds every run once."""
    store = Store.open(path)
    before = store.runs()
    assert before["run"].is_unique
    with store.writer() as writer:
        writer.add_plan(plan())
        again = fill(writer)
    assert len(again) + len(before) == len(rows())
    after = store.runs()
    assert sorted(after["run"]) == sorted(row.run for row in rows())
    found = store.rows([row.run for row in rows()])
    assert all(np.array_equal(found[r.run].values, r.values, equal_nan=True) for r in rows())
    assert verify(store).sound
    assert not list(path.rglob(".*.partial"))
    assert not list((path / "spool").iterdir())


def left_behind(store: Store, number: int) -> None:
    """Do so many of the runs and then end in an error, with a spool left behind."""

    def sweep() -> None:
        with store.writer() as writer:
            fill(writer, jobs()[:number])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sweep()


def test_killed_at_any_step_of_adding_and_publishing(tmp_path: Path) -> None:
    root = tmp_path / "store"
    store = Store.create_or_open(root)

    def sweep() -> None:
        with store.writer() as writer:
            fill(writer, jobs()[:2])
            writer.publish()
            fill(writer, jobs()[:3])

    pictures = taken(root, tmp_path, sweep)
    assert {p.name[4:] for p in pictures} >= {"write", "fsync", "replace", "unlink"}
    assert len(pictures) > 15
    for picture in pictures:
        whole(picture)


def test_killed_at_any_step_of_recovering_and_compacting(tmp_path: Path) -> None:
    root = tmp_path / "store"
    store = Store.create_or_open(root)
    for number in (3, 6, 9):
        with store.writer() as writer:
            fill(writer, jobs()[:number])
    left_behind(store, len(jobs()))
    assert store.holdings().spools
    pictures = taken(root, tmp_path, lambda: compact(store))
    assert len(store.holdings().parts) == 1
    for picture in pictures:
        assert len(Store.open(picture).runs()) == len(rows())
        whole(picture)


def test_a_spool_cut_anywhere_keeps_all_whole_runs(tmp_path: Path) -> None:
    from experiments.store.schema import as_batch

    file = tmp_path / "x.spool"
    writer = SpoolWriter(file)
    ends = [writer.size]
    for row in rows()[:3]:
        writer.append(as_batch([row]))
        ends.append(writer.size)
    writer.close()
    content = file.read_bytes()
    for length in {0, 1, 15, 16, *range(ends[0] - 2, len(content), 997), *ends}:
        file.write_bytes(content[:length])
        found = read_spool(file)
        assert sum(b.num_rows for b in found.batches) == sum(end <= length for end in ends[1:])
    for place in range(ends[1] + 40, ends[2], 2003):  # one wrong byte: that run alone goes
        wrong = bytearray(content)
        wrong[place] ^= 1
        file.write_bytes(wrong)
        ids = [run for b in read_spool(file).batches for run in b.column("run").to_pylist()]
        assert ids == [rows()[0].run, rows()[2].run]


def test_a_sweep_goes_on_after_a_cut_spool(tmp_path: Path) -> None:
    root = tmp_path / "store"
    store = Store.create_or_open(root)
    left_behind(store, 5)
    (spool,) = (root / "spool").iterdir()
    os.truncate(spool, spool.stat().st_size - 100)
    assert len(store.runs()) == 4
    assert "sweep does that run again" in " ".join(verify(store).notes)
    assert verify(store).sound
    whole(root)


@pytest.mark.parametrize("harm", ["cut", "empty", "byte"])
def test_a_damaged_part_is_told_set_aside_and_filled(
    tmp_path: Path, harm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    store = filled(tmp_path / "store")
    (name,) = store.holdings().parts
    part = store.path / name
    content = bytearray(part.read_bytes())
    if harm == "byte":
        content[len(content) // 2] ^= 255
    part.write_bytes(content[: {"cut": len(content) - 50, "empty": 0}.get(harm)])
    assert main(["store", "verify", str(store.path)]) == 1
    assert f"{name}: damaged" in capsys.readouterr().out
    if harm != "byte":
        with pytest.raises(InputError, match=r"damaged.*verify STORE --mend") as problem:
            Store.open(store.path).runs()
        assert str(part) in str(problem.value)
        with pytest.raises(InputError, match="damaged"), Store.open(store.path).writer():
            pass
    with pytest.raises(InputError, match="damaged"):
        Store.open(store.path).rows([row.run for row in rows()])
    assert main(["store", "verify", str(store.path), "--mend"]) == 0
    assert [p.name for p in (store.path / "set-aside").iterdir()] == [name.replace("/", "-")]
    assert store.outcomes().empty
    whole(store.path)
    assert len(store.outcomes()) == 6


def test_a_damaged_plan_is_told_and_set_aside(tmp_path: Path) -> None:
    store = filled(tmp_path / "store")
    (file,) = (store.path / "plans").glob("*.parquet")
    file.write_bytes(b"PAR1")
    with pytest.raises(InputError, match="damaged"):
        store.plans()
    assert not verify(store).sound
    assert verify(store, mend=True).sound
    assert store.plans() == []
    with store.writer() as writer:
        writer.add_plan(plan())
    assert len(store.outcomes()) == 6


def test_a_run_under_a_wrong_id_is_found(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    with store.writer() as writer:
        writer.add(rows()[0]._replace(run="0" * 32))
    (fault,) = verify(store).faults
    assert "does not follow" in fault.problem


def test_a_second_sweep_is_refused_with_who_and_what_to_do(tmp_path: Path) -> None:
    store = filled(tmp_path / "store")
    again = Store.open(store.path)
    with store.writer():
        for shard in (None, (1, 2)):
            with pytest.raises(InputError) as problem, again.writer(shard):
                pass
            line = str(problem.value)
            assert f"a sweep (process {os.getpid()} on {platform.node()}, since 20" in line
            assert "wait until it ends or stop it" in line
    with store.writer((1, 2)):
        with again.writer((2, 2)):
            pass
        for shard in (None, (1, 2)):
            with pytest.raises(InputError, match="shard 1 of 2"), again.writer(shard):
                pass
        with pytest.raises(InputError, match="is writing"):
            verify(again, mend=True)
    with again.writer():
        pass
    with pytest.raises(InputError, match="no such shard"):
        store.writer((3, 2))


HOLD = """
import sys
from pathlib import Path
from experiments.store.folder import opened
from experiments.store.locks import held
with held(opened(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(store.path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(InputError, match=f"process {process.pid} on"), store.writer():
            pass
        process.kill()
    with store.writer():
        pass


@contextmanager
def little_room(bytes_: int) -> Iterator[None]:
    """Let no file grow longer than this; the system then says that there is no more room."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_loses_nothing_and_the_sweep_goes_on(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    line = r"no room left on the disk; all runs kept so far are safe.*same command again"
    with pytest.raises(InputError, match=line), little_room(30_000), store.writer() as writer:
        fill(writer)
    kept = len(store.runs())
    assert 0 < kept < len(rows())
    assert not verify(store).notes  # the run that did not fit left no trace
    with pytest.raises(InputError, match=line), little_room(5_000), store.writer():
        pass  # no room even to take up what is there
    assert len(store.runs()) == kept
    whole(store.path)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "no room left"),
        (errno.EROFS, "read-only disk"),
        (errno.EACCES, "not allowed"),
        (errno.EIO, "the system refuses"),
    ],
)
def test_what_the_system_refuses_is_one_line(tmp_path: Path, code: int, words: str) -> None:
    with pytest.raises(InputError, match=words) as problem, told(tmp_path):
        raise OSError(code, os.strerror(code))
    assert str(tmp_path) in str(problem.value)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root"
)
def test_a_folder_that_may_only_be_read(tmp_path: Path) -> None:
    store = filled(tmp_path / "store")
    folders = [store.path, *(p for p in store.path.rglob("*") if p.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert len(Store.open(store.path).outcomes()) == 6
        with pytest.raises(InputError, match="not allowed"), store.writer():
            pass
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no store"):
        Store.open(tmp_path / "none")
    with pytest.raises(InputError, match="not a store"):
        Store.open(tmp_path)
    file = tmp_path / "file"
    file.write_text("x")
    for door in (Store.open, Store.create_or_open):
        with pytest.raises(InputError, match="a file, not"):
            door(file)
    with pytest.raises(InputError, match=r"cannot be read or written|the system refuses"):
        Store.create_or_open(file / "inside")
    with pytest.raises(InputError, match="holds other files"):
        Store.create_or_open(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"layout": 99}, "layouts up to 1; update Kindling"),
        ({"layout": 0}, "layouts from 1 on; export it with that version"),
        ({"layout": "one"}, "damaged"),
        ({"made_by": "others"}, "damaged"),
    ],
)
def test_other_layouts_say_exactly_why_not(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    store = Store.create_or_open(tmp_path / "store")
    mark = json.loads((store.path / "store.json").read_text())
    write_json(store.path / "store.json", mark | change)
    for door in (Store.open, Store.create_or_open):
        with pytest.raises(InputError, match=words):
            door(store.path)
    (store.path / "store.json").write_text("{")
    with pytest.raises(InputError, match="damaged"):
        Store.open(store.path)
