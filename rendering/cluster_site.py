"""Workers on the nodes of a Ray cluster: a slot is an actor, which Ray places where there is room for it.

Ray needs to be told of more slots than there is room for: those that wait make an autoscaling cluster grow. Whatever
happens to a node or an actor is heard as the end of its worker.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import attrs
import ray

from ..datasets.messages import Error, Log, Result
from .child import Event
from .cluster import Needs, needs
from .seats import Seat
from .site import Hand
from .slot import Heard, Post, Slot, this_machine
from .watch import BEAT_S

LEAST_WAITING = 2
MOST_WAITING = 64
PATIENT_S = 30.0
KILL_S = 10.0
_TICK_S = 0.25


class NodeSlot:
    """A slot on a node, which says where it is.

    Nothing is started before it is first listened to: until then Ray may end its process at any moment, and nobody
    would take away what it had left on the node.
    """

    def __init__(self, post: Post) -> None:
        self._post = post
        self._lock = threading.Lock()
        self._slot: Slot | None = None
        self._left = False

    def node(self) -> str:
        """Ray's id of the node. Answered when the slot is there."""
        return str(ray.get_runtime_context().get_node_id())

    def hear(self) -> Heard:
        with self._lock:
            if self._slot is None and not self._left:
                self._slot = Slot(self._post, f"node {this_machine()}")
        return self._slot.hear() if self._slot else Heard((), "told to leave before it began")

    def order(self, document: Mapping[str, Any]) -> None:
        if self._slot:
            self._slot.order(document)

    def close(self) -> None:
        with self._lock:
            self._left = True
        if self._slot:
            self._slot.close()

    def kill(self) -> None:
        with self._lock:
            self._left = True
        if self._slot:
            self._slot.kill()


@attrs.define(eq=False)
class _Hand:
    """A slot as the pool sees it."""

    actor: Any
    needs: Needs
    number: int
    events: queue.Queue[tuple[int, Event]]
    node: str = ""
    lost: bool = False
    death: str = ""
    ended: threading.Event = attrs.field(factory=threading.Event)

    def send(self, order: Mapping[str, Any]) -> None:
        self.actor.order.remote(dict(order))

    def close(self) -> None:
        if self.node:
            self.actor.close.remote()
        else:  # it may wait for a place for ever
            self.kill()

    def wait(self, patience_s: float) -> None:
        if not self.ended.wait(patience_s):
            self.kill()

    def kill(self) -> None:
        if self.ended.is_set():
            return
        if self.node:  # the worker would see the end of its slot only if it still looked
            ray.wait([self.actor.kill.remote()], timeout=KILL_S)
        self.end("killed")

    def describe_death(self, advice: str = "") -> str:
        return self.death

    def end(self, death: str) -> None:
        """Its worker is no more, and its place free."""
        if self.ended.is_set():
            return
        self.death = death
        self.ended.set()
        ray.kill(self.actor)
        self.events.put((self.number, None))


class RayNodes:
    """The nodes of the cluster this process is connected to."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._slot = ray.remote(NodeSlot)
        self._lock = threading.Lock()
        self._listening: dict[Any, _Hand] = {}
        self._left = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._since = time.monotonic()
        self._told = False
        self._beaten = 0.0

    def __enter__(self) -> RayNodes:
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._left.set()
        self._listener.join()
        for hand in self._hands():
            hand.kill()

    def start(self, number: int, seat: Seat, events: queue.Queue[tuple[int, Event]]) -> Hand:
        wanted = needs(seat)
        slot = self._slot.options(
            num_cpus=wanted.cpus, num_gpus=wanted.gpus, memory=wanted.memory_bytes, max_concurrency=4
        )
        actor = slot.remote(attrs.evolve(self._post, seat=seat))
        hand = _Hand(actor, wanted, number, events)
        with self._lock:
            self._listening[actor.node.remote()] = hand
        return hand

    def places(self, wanted: int) -> int:
        """As many as there are, and as many again that wait, within bounds: so a cluster that can grow doubles."""
        placed = sum(bool(hand.node) for hand in self._hands())
        return min(wanted, placed + min(max(LEAST_WAITING, placed), MOST_WAITING))

    def _hands(self) -> list[_Hand]:
        with self._lock:
            return list(self._listening.values())

    def _listen(self) -> None:
        while not self._left.is_set():
            with self._lock:
                references = list(self._listening)
            if not references:
                self._left.wait(_TICK_S)
                continue
            if ray.wait(references, timeout=_TICK_S)[0]:
                for reference in ray.wait(references, num_returns=len(references), timeout=0)[0]:
                    self._hear(reference)
            self._look_after()

    def _hear(self, reference: Any) -> None:
        with self._lock:
            hand = self._listening.pop(reference)
        if hand.ended.is_set():
            return
        try:
            heard = ray.get(reference)
        except ray.exceptions.RayError as error:
            self._bury(hand, error)
            return
        if isinstance(heard, Heard):
            for message in heard.messages:
                hand.events.put((hand.number, message))
            if heard.death:
                hand.end(heard.death)
                return
        else:
            hand.node = heard
        with self._lock:
            self._listening[hand.actor.hear.remote()] = hand

    def _bury(self, hand: _Hand, error: Exception) -> None:
        """An actor is no more: its node may have gone, or its process died."""
        text = str(error)
        alive = {node["NodeID"] for node in ray.nodes() if node["Alive"]}
        hand.lost = "node has died" in text or bool(hand.node and hand.node not in alive)
        if not hand.lost and "No module named" in text:
            module = text.rpartition("No module named ")[2].split()[0]
            hand.events.put((hand.number, Error(f"a node lacks {module}: install Simreal on all nodes, as it is here")))
        hand.end("its node was lost" if hand.lost else _last_line(text))

    def _look_after(self) -> None:
        """Those that wait for a place are alive; and if none has one for long, say so."""
        now = time.monotonic()
        if now - self._beaten < BEAT_S:
            return
        self._beaten = now
        waiting = [hand for hand in self._hands() if not hand.node]
        for hand in waiting:
            hand.events.put((hand.number, Result("beat", {})))
        if waiting and len(waiting) == len(self._hands()) and not self._told and now - self._since > PATIENT_S:
            self._told = True
            text = f"no node of the cluster has room for a worker yet ({waiting[0].needs}); waiting"
            waiting[0].events.put((waiting[0].number, Log(text, "warning")))


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "its process died"
