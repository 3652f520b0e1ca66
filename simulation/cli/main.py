"""The front door of the shell: which commands there are, and how every ending is told.

Exit codes: 0 all well; 1 something failed that is not the user's doing; 2 the user's input cannot
be used; 130 stopped with Ctrl-C. A failure is one line on stderr. With KINDLING_TRACEBACK=1 in the
environment an unexpected one shows its traceback as well.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

from simulation.errors import InputError


class Entry(NamedTuple):
    """Where a command is written, and what the overview says about it."""

    module: str
    function: str
    about: str
    example: str


HELP_NAMES = {"help_option_names": ["-h", "--help"]}

COMMANDS = {
    "demo": Entry("demo", "demo", "Run the first demo: table, figure, three sentences.", "demo"),
    "browser": Entry(
        "browser", "browser", "Open the page for a room in the browser.", "browser --scenario demo"
    ),
    "list": Entry("browse", "list_", "List the scenarios that come along.", "list"),
    "describe": Entry("browse", "describe", "Say what a scenario is about.", "describe baseline"),
    "check": Entry("scenario_commands", "check", "Check a scenario file.", "check my-town.toml"),
    "new": Entry("scenario_commands", "new", "Start a scenario of your own.", "new my-town.toml"),
    "import": Entry(
        "import_",
        "import_",
        "Make a scenario from data about a community.",
        "import --out my-town --people people.csv --ties ties.csv",
    ),
    "run": Entry(
        "run",
        "run",
        "Run a scenario and see what remains.",
        "run demo --replicates 20 --set activation.reinforcement=2",
    ),
    "compare": Entry(
        "compare",
        "compare",
        "Run two scenarios on the same luck.",
        "compare baseline demo --replicates 40",
    ),
    "threshold": Entry(
        "threshold",
        "threshold",
        "Find how much push is enough.",
        "threshold headline/push_alone --outcome tipped --pairs 40 --store runs",
    ),
    "survival": Entry(
        "survival",
        "survival",
        "See how long gains last after the push.",
        "survival headline/push_alone headline/push_with_succession",
    ),
    "design": Entry(
        "design",
        "design",
        "List designs, or check one before it is run.",
        "design first-sweep --processes 2",
    ),
    "sweep": Entry(
        "sweep",
        "sweep",
        "Run a design into a store.",
        "sweep first-sweep --out my-store",
    ),
    "report": Entry(
        "report",
        "report",
        "Write what a store's runs came to as one HTML page.",
        "report STORE --out report.html",
    ),
    "store": Entry(
        "store",
        "store",
        "Look into a store of runs, check it, export it.",
        "store info my-store",
    ),
    "replay": Entry(
        "replay",
        "replay",
        "Do one run of a store again, alone.",
        "replay my-store 3f2a91c07b1e",
    ),
    "replay-file": Entry(
        "replay_file",
        "replay_file",
        "Write a run as one page to play and to mail.",
        "replay-file demo --out demo.html",
    ),
    "worker": Entry(
        "worker",
        "worker",
        "Do one share of a planned sweep, as in a job array.",
        "worker my-store --shard 1/4",
    ),
    "sensitivity": Entry(
        "sensitivity",
        "sensitivity",
        "Find out what an outcome hangs on, and how much is luck.",
        "sensitivity screening --outcome gain_48 --store runs",
    ),
    "discover": Entry(
        "discover",
        "discover",
        "Find where a gain is sustained: boxes, in words.",
        "discover runs --outcome sustained_48",
    ),
    "headline": Entry(
        "headline",
        "headline",
        "Run the registered headline experiment, at any budget.",
        "headline --store headline-store --budget 10m --processes 2",
    ),
    "evidence": Entry(
        "evidence",
        "evidence",
        "Tell which rules of evidence can be trusted.",
        "evidence headline/push_alone --replicates 60",
    ),
    "calibrate": Entry(
        "calibrate",
        "calibrate",
        "Draw what is uncertain; keep what fits two patterns.",
        "calibrate --draws 60 --out my-calibration",
    ),
    "validate": Entry(
        "validate",
        "validate",
        "Run published results and judge what comes out.",
        "validate T2 --set ties.degree=5 --replicates 50",
    ),
    "audit": Entry(
        "audit",
        "audit",
        "Try the headline findings under other assumptions.",
        "audit --findings F1 --only audit --replicates 10",
    ),
    "perturb": Entry(
        "perturb",
        "perturb",
        "Try a conclusion against missing and noisy data.",
        "perturb my-town/my-town.toml --missing 0.1,0.3 --noise 1",
    ),
    "ledger": Entry(
        "ledger",
        "ledger",
        "Take the change of an indicator apart by process.",
        "ledger demo --indicator gap --from 12 --to 48",
    ),
    "export": Entry(
        "export",
        "export",
        "Write a run for other programs.",
        "export demo --out demo-files --month 0 --month 60",
    ),
    "doctor": Entry("doctor", "doctor", "Check that this machine is ready.", "doctor"),
}
"""The commands, in the order of the overview."""


class LazyGroup(TyperGroup):
    """Commands that are imported when they are called, and not to list them."""

    _listing = False

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the real command, or for the overview only its name and one line."""
        if self._listing or cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        entry = COMMANDS[cmd_name]
        module = importlib.import_module(f"simulation.cli.{entry.module}")
        alone = typer.Typer(
            add_completion=False, pretty_exceptions_enable=False, context_settings=HELP_NAMES
        )
        example = f"Example: kindling {entry.example}"
        alone.command(cmd_name, epilog=example)(getattr(module, entry.function))
        return typer.main.get_command(alone)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the overview."""
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("kindling-abm")
        except PackageNotFoundError:
            number = "(not installed: run from its folder)"
        sys.stdout.write(f"kindling {number}\n")
        raise typer.Exit


def _build() -> typer.Typer:
    """Return the application: every command by name, its code still unread."""
    app = typer.Typer(
        cls=LazyGroup,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings=HELP_NAMES,
        epilog="Begin with: kindling demo",
    )

    @app.callback()
    def kindling(
        version: bool = typer.Option(
            False, "--version", help="Show the version.", callback=_show_version, is_eager=True
        ),
    ) -> None:
        """Explore how communities change, and what remains when a push is over."""

    for name, entry in COMMANDS.items():
        app.command(name, help=entry.about)(_placeholder)
    return app


def _placeholder() -> None:
    """Stand for a command in the overview; `LazyGroup` calls the real one."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; never a traceback.

    Args:
        arguments: words after `kindling`; default: those of this process.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        command = typer.main.get_command(_build())
        words = None if arguments is None else list(arguments)
        code = command.main(args=words, prog_name="kindling", standalone_mode=False)
        sys.stdout.flush()
        if code == 130:
            return _end("stopped", 130)
        return code if isinstance(code, int) else 0
    except InputError as error:
        return _end(str(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        return _end("stopped", 130)
    except BrokenPipeError:
        return _leave_quietly()
    except Exception as error:
        return _explain(error)


def _explain(error: Exception) -> int:
    """Tell a wrong use of the command line, or any failure that nobody foresaw, in one line."""
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        if type(error).__name__ == "NoArgsIsHelpError":
            sys.stderr.write(f"{error.format_message()}\n")
            return 2
        context = getattr(error, "ctx", None)
        where = getattr(context, "command_path", "kindling")
        message = " ".join(error.format_message().split()).rstrip(".")
        return _end(f"{message}; '{where} --help' shows how", 2)
    if os.environ.get("KINDLING_TRACEBACK"):
        traceback.print_exception(error)
    hint = "KINDLING_TRACEBACK=1 shows where"
    message = " ".join(str(error).split())
    return _end(f"unexpected {type(error).__name__}: {message}; {hint}", 1)


def _end(message: str, code: int) -> int:
    sys.stderr.write(f"kindling: {message}\n")
    return code


def _leave_quietly() -> int:
    """End without a word where whoever read the output has stopped reading."""
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, sys.stdout.fileno())
    return 0
