"""How messages reach the person or program that waits: text on a terminal, or RFC 7464 records on stdout."""

from __future__ import annotations

import argparse
import sys
import time

from ..datasets.messages import Error, Log, Message, Progress, Report, Result, encode
from ..datasets.progress_text import describe


def reporter(args: argparse.Namespace) -> Report:
    """The report function for a parsed command line (``--messages`` or text)."""
    return _records if args.messages else TerminalReport()


def _records(message: Message) -> None:
    sys.stdout.buffer.write(encode(message))
    sys.stdout.buffer.flush()


class TerminalReport:
    """Text for people: one progress line that is redrawn on a terminal, or printed every ten seconds into a log.

    A ``Result`` of kind ``text`` prints ``data["text"]`` to stdout; other results are for programs.
    """

    LOG_INTERVAL_S = 10.0
    REDRAW_INTERVAL_S = 0.1

    def __init__(self) -> None:
        self._redraws = sys.stderr.isatty()
        self._last = 0.0
        self._stage = ""
        self._open_line = False

    def __call__(self, message: Message) -> None:
        match message:
            case Progress():
                self._progress(message)
            case Log(text=text, level=level):
                self._line(f"warning: {text}" if level == "warning" else text)
            case Error(text=text):
                self._line(f"simreal: {text}")
            case Result(kind="text", data=data):
                self._end_line()
                print(data["text"], flush=True)

    def _progress(self, progress: Progress) -> None:
        finished = progress.done >= progress.total
        interval = self.REDRAW_INTERVAL_S if self._redraws else self.LOG_INTERVAL_S
        now = time.monotonic()
        if not finished and progress.stage == self._stage and now - self._last < interval:
            return
        self._last, self._stage = now, progress.stage
        text = describe(progress)
        if self._redraws:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
            self._open_line = True
            if finished:
                self._end_line()
        else:
            print(text, file=sys.stderr, flush=True)

    def _line(self, text: str) -> None:
        self._end_line()
        print(text, file=sys.stderr, flush=True)

    def _end_line(self) -> None:
        if self._open_line:
            sys.stderr.write("\n")
            self._open_line = False
