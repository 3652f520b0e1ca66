"""The process that does a small sweep, so that the page stays quick.

It hears and tells through a pipe: it says how far it is, and it stops when it is asked to, or when
whoever began it is gone. What is done by then is in the store.
"""

from __future__ import annotations

import _thread
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from experiments.sweeping.ask import Tally


class Message(NamedTuple):
    """What the process says.

    Attributes:
        kind: "tally", "end" (all is done, or it was stopped), or "failed".
        done: runs that are there, those that were there before included.
        total: runs in all.
        text: what went wrong.
    """

    kind: str
    done: int = 0
    total: int = 0
    text: str = ""


def work(design: dict[str, Any], store: Path, processes: int, pipe: Connection) -> None:
    """Run a design into a store; called in a process of its own.

    Args:
        design: the design as plain values.
        store: folder of the store.
        processes: how many processes share the work.
        pipe: where to say how far it is, and to hear of a wish to stop.
    """
    from experiments.designs import Design
    from experiments.sweeping.sweeps import Interrupted, sweep
    from simulation.errors import InputError

    def progress(tally: Tally) -> None:
        _say(pipe, Message("tally", tally.done + tally.found, tally.total))

    try:
        # A wish to stop may be there already, and be heard while this line is still being done.
        threading.Thread(target=_listen, args=(pipe,), daemon=True).start()
        found = sweep(Design.from_data(design), store, processes=processes, progress=progress)
        last = _end(found.tally)
    except Interrupted as stopped:
        last = _end(stopped.report.tally)
    except KeyboardInterrupt:
        last = Message("end")
    except InputError as problem:
        last = Message("failed", text=problem.line())
    except Exception as problem:  # it is said on the page, and the page goes on
        last = Message("failed", text=" ".join(f"{type(problem).__name__}: {problem}".split()))
    _say(pipe, last)


def _end(tally: Tally) -> Message:
    return Message("end", tally.done + tally.found, tally.total)


def _say(pipe: Connection, message: Message) -> None:
    """Say something; whoever began this may be gone."""
    with suppress(OSError):
        pipe.send(message)


def _listen(pipe: Connection) -> None:
    """Wait for a word, which can only be to stop, or for the other end to close."""
    with suppress(EOFError, OSError):
        pipe.recv()
    _thread.interrupt_main()
