"""A slot: one render worker on some machine, together with what keeps it in touch with the data set it works for.

The data set lies in a folder that this machine sees too, or in storage: then the worker renders into a scratch folder,
and what it finishes is brought to the storage before anyone is told.
"""

from __future__ import annotations

import queue
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from ..datasets.layout import DESIGN_FILE, job_file, state_file
from ..datasets.messages import Error, Message, Result
from ..datasets.remote import Remote
from ..design.assets import check_libraries
from ..design.design import Design
from ..design.document import save
from ..design.errors import AssetError, DataSetError, SimrealError
from .child import Child, Event, secluded
from .courier import Courier
from .launch import worker_command
from .seats import Seat

_GATHER_S = 0.25


@attrs.frozen
class Post:
    """What a slot works for: the data set's folder ``data``, or, where it lies in storage, its ``url``.

    ``state`` is the content of the data set's state.json, ``patience_s`` how long to wait for a storage that is away.
    """

    design: Design
    state: bytes
    data: Path
    url: str = ""
    patience_s: float = 0.0
    blender: Path | None = None
    seat: Seat = attrs.field(factory=Seat)


@attrs.frozen
class Heard:
    """What a worker said since it was last listened to; ``death`` is how it ended, "" while it lives."""

    messages: tuple[Message, ...]
    death: str = ""


class Slot:
    """Starts a worker. ``machine`` is put before what it says of faults, "" where everybody knows where it is.

    What goes wrong at the start is told as a fatal Error, so that it reaches whoever listens.
    """

    def __init__(self, post: Post, machine: str = "") -> None:
        self._post = post
        self._machine = machine
        self._inbox: queue.Queue[tuple[int, Event]] = queue.Queue()
        self._outbox: queue.Queue[Event] = queue.Queue()
        self._storing = threading.Event()
        self._death = ""
        self._child: Child | None = None
        self._courier: Courier | None = None
        self._scratch = Path(tempfile.mkdtemp(prefix="simreal-slot-"))
        try:
            self._start()
        except SimrealError as error:
            self._fail(error)

    def hear(self, patience_s: float = 1.0) -> Heard:
        """Wait for messages, but not longer than ``patience_s``. While a shard is being stored it says that it gets on.

        Images' messages are gathered for a moment, so that a thousand slots can be listened to.
        """
        messages: list[Message] = []
        end = time.monotonic() + patience_s
        while True:
            try:
                event = self._outbox.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                break
            if event is None:
                return Heard(tuple(messages), self._death)
            messages.append(event)
            end = min(end, time.monotonic() + (_GATHER_S if isinstance(event, Result) and event.kind != "shard" else 0))
        if self._storing.is_set():
            messages.append(Result("begin", {"index": None}))
        return Heard(tuple(messages))

    def order(self, document: Mapping[str, Any]) -> None:
        """Give the worker a shard."""
        if self._child is not None:
            self._child.send(document)

    def close(self) -> None:
        """Tell the worker to leave. What it has finished is stored first."""
        if self._child is not None:
            self._child.close()

    def kill(self) -> None:
        """End the worker now."""
        if self._child is not None:
            self._child.kill()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _start(self) -> None:
        post = self._post
        data = post.data
        try:
            check_libraries(post.design)
        except AssetError as error:
            raise AssetError(f"{error}; all machines must see the libraries' folders, under the same paths") from None
        if post.url:
            data = self._scratch / "data"
            state_file(data).parent.mkdir(parents=True)
            state_file(data).write_bytes(post.state)
            save(post.design, data / DESIGN_FILE)
            self._courier = Courier(data, Remote(post.url, self._outbox.put, post.patience_s))
        elif not (data / DESIGN_FILE).is_file():
            raise DataSetError(
                f"{data}: there is no such folder; it must be one that all machines see, under the same path, "
                "or --out must name storage (s3://...)"
            )
        extensions = self._scratch / "extensions"
        extensions.mkdir()
        command = worker_command(job_file(data), post.seat, post.blender)
        self._child = Child(command, 0, self._inbox, secluded(extensions))
        threading.Thread(target=self._carry, daemon=True).start()

    def _carry(self) -> None:
        """Pass the worker's messages on; shards only once they are stored."""
        child = self._child
        assert child is not None
        stored = True
        while stored and (event := self._inbox.get()[1]) is not None:
            if isinstance(event, Error):
                event = attrs.evolve(event, text=self._located(event.text))
            if isinstance(event, Result) and event.kind == "shard":
                stored = self._store()
            if stored:
                self._outbox.put(event)
        child.close()
        self._death = self._located(child.describe_death())
        if stored:
            self._store()  # what there is of a shard that was left in the middle
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._outbox.put(None)

    def _store(self) -> bool:
        """Bring away what is finished. Returns whether the worker is to go on."""
        if self._courier is None:
            return True
        self._storing.set()
        try:
            self._courier.deliver()
        except SimrealError as error:
            self._outbox.put(Error(self._located(str(error))))
            return False
        finally:
            self._storing.clear()
        return True

    def _fail(self, error: SimrealError) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._death = self._located(str(error))
        self._outbox.put(Error(self._death))
        self._outbox.put(None)

    def _located(self, text: str) -> str:
        return f"{self._machine}: {text}" if self._machine else text


def this_machine() -> str:
    """A machine's name for people."""
    return socket.gethostname()
