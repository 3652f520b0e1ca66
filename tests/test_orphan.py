"""A worker that begins when its parent has already stopped: no traceback; other errors are told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# A queue whose semaphore has gone is what a worker meets that begins after Ctrl-C.
LEFT = """
import multiprocessing, os, sys
from _multiprocessing import sem_unlink

def work(queue):
    raise SystemExit(0)

if __name__ == "__main__":
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(sys.argv[1:])
    queue = context.SimpleQueue()
    worker = context.Process(target=work, args=(queue,))
    sem_unlink(queue._rlock._semlock.name)
    worker.start()
    worker.join()
    print(worker.exitcode, flush=True)
    os._exit(0)  # without letting go once more of what has gone
"""

WRONG = """
import experiments.sweeping.orphan
open("not-there.txt")
"""


def run(code: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(code)
    return subprocess.run(
        [sys.executable, "script.py", *words], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="there is no server of processes")
def test_a_worker_whose_queues_have_gone_ends_without_a_word(tmp_path):
    told = run(LEFT, tmp_path)
    assert "FileNotFoundError" in told.stderr  # what it would say by itself
    silent = run(LEFT, tmp_path, "experiments.sweeping.orphan")
    assert "Traceback" not in silent.stderr
    assert silent.stdout == told.stdout != "0\n"


def test_any_other_error_is_told(tmp_path):
    ended = run(WRONG, tmp_path)
    assert ended.returncode == 1
    assert "not-there.txt" in ended.stderr
