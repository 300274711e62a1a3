"""The group of all commands: imports them late, and turns errors into messages."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NoReturn

import click

from leadgrade.commands.options import default_language
from leadgrade.commands.stopping import Stopped, stoppable


class Guarded(click.Group):
    """A group whose commands end in a message and an exit code, never in a traceback."""

    def __init__(self, *args: Any, commands_at: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at = commands_at

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands, in the order of the help."""
        return list(self._at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command, and return it."""
        if cmd_name not in self._at:
            likely = get_close_matches(cmd_name, self._at, n=1)
            if likely:
                ctx.fail(f"No such command '{cmd_name}'. Did you mean '{likely[0]}'?")
            return None
        module, function = self._at[cmd_name].split(":")
        found: click.Command = getattr(import_module(f"leadgrade.commands.{module}"), function)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what it raises into words."""
        if isinstance(sys.stdout, io.TextIOWrapper):  # "?" for what a terminal cannot show
            sys.stdout.reconfigure(errors="replace")
        with stoppable() as stop:
            try:
                return super().invoke(ctx)
            except (click.exceptions.Exit, click.ClickException, click.Abort):
                raise
            except (Exception, KeyboardInterrupt) as error:
                if os.environ.get("LEADGRADE_DEBUG"):
                    raise
                # What a library makes of a signal is no news of its own.
                self._fail(error if stop.code is None else Stopped(), ctx, stop.code)

    @staticmethod
    def _fail(error: BaseException, ctx: click.Context, code: int | None) -> NoReturn:
        """Say what went wrong, and end: with ``code``, or else with that of a failure."""
        from leadgrade.reports.answering import ReaderGone, drop_stdout  # noqa: PLC0415
        from leadgrade.reports.failures import FAILED, failure_text  # noqa: PLC0415

        drop_stdout()
        if isinstance(error, ReaderGone):  # has seen enough, as in `| head`
            raise SystemExit(0) from None
        with suppress(OSError):  # the terminal may be gone
            click.echo(failure_text(error, ctx.obj or default_language()), err=True)
        raise SystemExit(FAILED if code is None else code) from None
