"""Being told to stop by the system: by a container, a service, or a terminal that closes.

Python ends at once on such a signal, and leaves temporary files with leads in them. So here they
are what Ctrl-C is: everything that is open is closed and taken away on the way out.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # Windows has no SIGHUP


class Stopped(KeyboardInterrupt):
    """The system wants us to end."""


class Stop:
    """Whether we were told to stop. ``code`` is the exit code that says by which signal."""

    code: int | None = None

    def __call__(self, number: int, _: FrameType | None) -> None:
        """Stop what is under way. Others that follow, as services send them, change nothing."""
        if self.code is None:
            self.code = 128 + number
            raise Stopped


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Heed the signals within, as far as nobody has said what becomes of them (``nohup``)."""
    stop = Stop()
    heeded = []
    if threading.current_thread() is threading.main_thread():
        heeded = [each for each in SIGNALS if signal.getsignal(each) is signal.SIG_DFL]
    for each in heeded:
        signal.signal(each, stop)
    try:
        yield stop
    finally:
        for each in heeded:
            signal.signal(each, signal.SIG_DFL)
