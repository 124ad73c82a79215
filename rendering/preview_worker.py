"""The preview worker: a process with a warm session that renders previews it is asked for on stdin, image by image.

Lines on stdin are JSON: ``{"order": 3, "preview": {...}}`` asks for a preview (``datasets.preview_orders``) instead of
the one in work, ``{"order": 3}`` for none. Answers are messages: ``Result("ready")`` once, ``Result("preview_image")``
for each image in the order asked for, ``Result("preview_end")`` when nothing more comes of an order, and a fatal
``Error`` before leaving because nothing can be rendered. The process leaves when stdin ends, and when it was idle for
long; between two images it looks whether it is asked for something newer.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import PIL

from ..datasets.messages import Error, Report, Result
from ..datasets.preview_cache import PreviewCache
from ..datasets.preview_orders import PreviewGap, PreviewImage, PreviewOrder, image_design, image_spec, order_from_json
from ..design.design import Design, ImageSettings
from ..design.document import from_document
from ..design.errors import SimrealError
from ..design.sampling import ImageSpec, Sampler
from .memory import resident_bytes
from .session import RenderSession, SessionSettings
from .stdin_lines import stdin_lines

IDLE_S = 600.0
PRELOADED = 48  # images after those asked for, whose models and environments are loaded while there is nothing to do
# When it has rendered or loaded so much, the process leaves the next time there is nothing to do.
MOST_IMAGES = 5000
MOST_BYTES = 2_500_000_000
NO_DESIGN = Design("none", (), image=ImageSettings(denoiser="none"))


@attrs.frozen
class Asked:
    """One line of stdin. ``preview`` None asks for nothing but that the one in work be left."""

    number: int
    preview: PreviewOrder | None


def serve(cache: Path, settings: SessionSettings, report: Report, idle_s: float = IDLE_S) -> int:
    """Work until stdin ends. Returns 0, or 2 after a fatal error, which is reported."""
    try:
        with PreviewWorker(PreviewCache(cache), settings, report) as worker:
            work(worker, AskedFor(), report, idle_s)
    except SimrealError as error:
        report(Error(str(error)))
        return 2
    except OSError as error:
        report(Error(f"previews cannot be kept in {cache}: {error.strerror or error}"))
        return 2
    return 0


def work(worker: PreviewWorker, asked: AskedFor, report: Report, idle_s: float) -> None:
    """Render what is asked for, until nobody asks any more or the process has grown too large."""
    while (order := asked.next(idle_s)) is not None:
        if order.preview is None:
            report(Result("preview_end", {"order": order.number}))
            continue
        worker.render(order.number, order.preview, asked)
        worker.preload(order.preview, asked)
        if worker.overgrown and not asked.newer:
            return


class AskedFor:
    """What was asked for last on stdin, read in a thread so that it is noticed between two images."""

    def __init__(self) -> None:
        self._latest: Asked | None = None
        self._ended = False
        self._changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def newer(self) -> bool:
        """Whether something else is asked for, or nobody waits any more."""
        return self._latest is not None or self._ended

    def next(self, patience_s: float) -> Asked | None:
        """Wait for what is asked for next; None when stdin has ended or nothing came for so long."""
        with self._changed:
            self._changed.wait_for(lambda: self.newer, patience_s)
            latest, self._latest = self._latest, None
            return None if self._ended else latest

    def _read(self) -> None:
        for line in stdin_lines():
            document = json.loads(line)
            preview = order_from_json(document["preview"]) if "preview" in document else None
            with self._changed:
                self._latest = Asked(document["order"], preview)
                self._changed.notify()
        with self._changed:
            self._ended = True
            self._changed.notify()


class PreviewWorker:
    """The warm session, and the images it need not render again. A context manager."""

    def __init__(self, images: PreviewCache, settings: SessionSettings, report: Report) -> None:
        self._images = images
        self._report = report
        self._session = RenderSession(NO_DESIGN, settings, report)
        self._renderer = {"renderer": self._session.renderer, "code": code_hash(), "pillow": PIL.__version__}
        self._rendered = 0
        ready = {"renderer": self._session.renderer, "device": self._session.device, "pid": os.getpid()}
        report(Result("ready", ready))

    def __enter__(self) -> PreviewWorker:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    @property
    def overgrown(self) -> bool:
        """Whether the process had better begin anew."""
        return self._rendered > MOST_IMAGES or resident_bytes() > MOST_BYTES

    def render(self, order: int, preview: PreviewOrder, asked: AskedFor) -> None:
        """Render the images of an order, until something newer is asked for."""
        self._session.forget_changed()
        samplers = Samplers(preview)
        for number, image in enumerate(preview.images):
            if isinstance(image, PreviewGap):
                continue
            if asked.newer:
                break
            start = time.perf_counter()
            answer = self._answer(samplers, image)
            seconds = time.perf_counter() - start
            self._report(Result("preview_image", {"order": order, "number": number, **answer, "seconds": seconds}))
        self._report(Result("preview_end", {"order": order}))

    def preload(self, preview: PreviewOrder, asked: AskedFor) -> None:
        """Load what the next images show, and the same ones with the next seed, until something is asked for."""
        following = itertools.islice(_following(preview), PRELOADED)
        while not asked.newer and not self.overgrown:
            try:
                sampler, spec = next(following)
                self._session.adopt(sampler.design)
                self._session.preload(spec)
            except StopIteration:
                return
            except SimrealError:  # told when, and if, somebody wants to see that image
                continue

    def _answer(self, samplers: Samplers, image: PreviewImage) -> dict[str, object]:
        """What is told of an image: the file it is in, with a note if need be; or the problem that it met."""
        try:
            return self._file(samplers.of(image), image)
        except SimrealError as error:
            problem = str(error)
        except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
            # a spec that a factor or Blender cannot make true: this image fails, the process does not
            problem = f"{type(error).__name__}: {error}"
        return {"path": None, "cached": False, "problem": problem, "note": ""}

    def _file(self, sampler: Sampler, image: PreviewImage) -> dict[str, object]:
        spec = image_spec(sampler, image)
        self._session.adopt(image_design(sampler, image))
        key = self._session.key(spec, self._renderer)
        found = self._images.find(key)
        if found is not None:
            return {"path": str(found), "cached": True, "problem": "", "note": ""}
        made = self._session.render(spec)
        self._rendered += 1
        if made.model == spec.models[0]:
            note = ""
        else:
            note = f"{spec.models[0]} cannot be read; {made.model} stands in for it"
            key = f"{key}-stand-in"  # not to be found again: the model may become readable
        return {"path": str(self._images.keep(key, made.jpeg)), "cached": False, "problem": "", "note": note}


class Samplers:
    """The samplers of an order's designs and splits, each made when first asked for."""

    def __init__(self, preview: PreviewOrder) -> None:
        self._preview = preview
        self._designs: dict[int, Design] = {}
        self._samplers: dict[tuple[int, str], Sampler] = {}

    def of(self, image: PreviewImage) -> Sampler:
        """The sampler of an image. Raises DesignError."""
        key = image.design, image.split
        if key not in self._samplers:
            self._samplers[key] = Sampler(self.design(image.design), image.split)
        return self._samplers[key]

    def design(self, number: int) -> Design:
        """A design of the order. Raises DesignError."""
        if number not in self._designs:
            document, folder = self._preview.designs[number]
            self._designs[number] = from_document(document, Path(folder))
        return self._designs[number]


def _following(preview: PreviewOrder) -> Iterator[tuple[Sampler, ImageSpec]]:
    """The images that will be asked for next, if any: the first ones of the next seed, and those after the last."""
    images = [image for image in preview.images if isinstance(image, PreviewImage)]
    if not images:
        return
    last = max(images, key=lambda image: image.index)
    samplers = Samplers(preview)
    design = samplers.design(last.design)
    diced = Sampler(attrs.evolve(design, seed=design.seed + 1), last.split)
    for step in itertools.count():
        yield diced, diced.spec(step)
        yield samplers.of(last), samplers.of(last).spec(last.index + 1 + step)


def code_hash() -> str:
    """A hash of the code that renders: what it rendered before it was changed is not found again."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
