"""The preview process in real Blender: the very images of the data set, in order, until something else is asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from simreal.datasets.messages import Error, Log, Message, Result
from simreal.datasets.preview_orders import PreviewGap, PreviewImage, PreviewOrder
from simreal.design.design import Design, DesignClass, ImageSettings, Library, Split
from simreal.design.document import to_document
from simreal.design.sampling import Sampler
from simreal.design.starting import Sources, start_design
from simreal.rendering.launch import rendering_command
from simreal.rendering.preview_client import PreviewClient
from simreal.rendering.session import RenderSession, SessionSettings

from .test_session import starter_design, with_parameter

pytestmark = pytest.mark.blender
WAIT_S = 120.0


@attrs.define
class Previewer:
    """A preview process, and what it said so far."""

    client: PreviewClient
    said: list[Message] = attrs.field(factory=list)

    def until(self, wanted: Callable[[Message], bool]) -> list[Message]:
        """All messages up to one that is wanted."""
        start, found = time.monotonic(), len(self.said)
        while not any(wanted(message) for message in self.said[found:]):
            assert not self.client.ended, self.client.last_words()
            assert time.monotonic() - start < WAIT_S, self.said
            self.said += self.client.messages(0.5)
        return self.said[found:]

    def render(self, order: PreviewOrder) -> list[dict[str, Any]]:
        """What comes of an order, image by image."""
        number = self.client.order(order)
        said = self.until(lambda message: kind(message, "preview_end", number))
        return [
            message.data for message in said if isinstance(message, Result) and kind(message, "preview_image", number)
        ]


def kind(message: Message, name: str, order: int | None = None) -> bool:
    return isinstance(message, Result) and message.kind == name and order in (None, message.data["order"])


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def warm(cache: Path) -> Iterator[Previewer]:
    """A process that all tests of this file share, as a Blender would."""
    client = PreviewClient(rendering_command(("previewer", str(cache), "--threads", "2")))
    yield Previewer(client)
    client.close()


def order(*designs: Design, images: int = 4, split: str = "train", **settings: Any) -> PreviewOrder:
    """The first images of each design."""
    return PreviewOrder(
        "t",
        tuple((to_document(design), str(design.folder)) for design in designs),
        tuple(
            PreviewImage(number, split, index, image=settings)
            for index in range(images)
            for number in range(len(designs))
        ),
        4,
    )


def files(answers: list[dict[str, Any]]) -> list[bytes]:
    assert [answer["problem"] for answer in answers] == [""] * len(answers)
    return [Path(answer["path"]).read_bytes() for answer in answers]


def test_images_are_those_of_the_data_set_whatever_was_shown_before(warm: Previewer, kit: Path, tmp_path: Path) -> None:
    """Design, size, samples, denoiser and library change in one process; each image is as if rendered alone."""
    starter = attrs.evolve(starter_design(), seed=3)
    over_kit = start_design(Sources(models=kit / "models", environments=kit / "hdri"), "kit", tmp_path).design
    over_kit = attrs.evolve(over_kit, image=ImageSettings(resolution_px=40, samples=3, bounces=2))
    changed = attrs.evolve(starter, image=ImageSettings(resolution_px=64, samples=2, denoiser="none"), seed=4)
    shown = files(warm.render(order(starter, over_kit, changed, images=3)))
    expected = []
    for design in (starter, over_kit, changed):
        sampler = Sampler(design, "train")
        with RenderSession(design, SessionSettings(threads=1), lambda message: None) as session:
            expected.append([session.render(sampler.spec(index)).jpeg for index in range(3)])
    assert [shown[start::3] for start in range(3)] == expected


def test_a_split_is_seen_with_its_overrides(warm: Previewer) -> None:
    plain = {"factors": {"background": {"weight": 0.0, "kind": {"fixed": "none"}}}, "image": {"resolution_px": 32}}
    design = attrs.evolve(starter_design(), splits=(Split("train", 1), Split("plain", 1, overrides=plain)))
    shown = files(warm.render(order(design, images=2, split="plain")))
    sampler = Sampler(design, "plain")
    with RenderSession(sampler.design, SessionSettings(), lambda message: None) as session:
        assert [session.render(sampler.spec(index)).jpeg for index in range(2)] == shown


def test_images_come_in_the_order_asked_for_and_gaps_are_passed_over(warm: Previewer) -> None:
    design = starter_design()
    images = (PreviewImage(0, "train", 7), PreviewGap(), PreviewImage(0, "train", 2), PreviewImage(0, "train", 7))
    answers = warm.render(PreviewOrder("t", ((to_document(design), ""),), images, 2))
    assert [answer["number"] for answer in answers] == [0, 2, 3]
    first, second, again = files(answers)
    assert first == again != second


def test_what_was_rendered_once_is_not_rendered_again(warm: Previewer) -> None:
    design = attrs.evolve(starter_design(), seed=11)
    first = warm.render(order(design, images=5))
    assert [answer["cached"] for answer in first] == [False] * 5
    again = warm.render(order(design, images=6))
    assert [answer["cached"] for answer in again] == [True] * 5 + [False]
    assert files(again)[:5] == files(first)
    elsewhere = attrs.evolve(design, name="renamed", splits=(Split("train", 99),))
    assert all(answer["cached"] for answer in warm.render(order(elsewhere, images=6)))


def test_the_cache_outlives_the_process(warm: Previewer, cache: Path) -> None:
    design = attrs.evolve(starter_design(), seed=12)
    first = warm.render(order(design, images=2))
    other = PreviewClient(rendering_command(("previewer", str(cache), "--threads", "1")))
    again = Previewer(other).render(order(design, images=2))
    other.close()
    assert [answer["cached"] for answer in again] == [True, True]
    assert files(again) == files(first)


def test_values_are_swept_with_all_else_held(warm: Previewer) -> None:
    design = with_parameters_fixed(starter_design())
    images = tuple(PreviewImage(0, "train", 0, {"object_scale": {"scale": scale}}) for scale in (0.5, 1.0, 2.0))
    small, middle, large = files(warm.render(PreviewOrder("t", ((to_document(design), ""),), images, 3)))
    assert len({small, middle, large}) == 3
    sampler = Sampler(design, "train")
    spec = sampler.spec(0)
    scale = attrs.evolve(spec.factors["object_scale"], values={"scale": 2.0})
    with RenderSession(design, SessionSettings(), lambda message: None) as session:
        assert session.render(attrs.evolve(spec, factors={**spec.factors, "object_scale": scale})).jpeg == large


def with_parameters_fixed(design: Design) -> Design:
    return attrs.evolve(design, factors={n: attrs.evolve(given, weight=0.0) for n, given in design.factors.items()})


def test_a_newer_order_takes_the_place_of_the_one_in_work(warm: Previewer) -> None:
    long = attrs.evolve(starter_design(samples=64), seed=21)
    number = warm.client.order(order(long, images=200))
    warm.until(lambda message: kind(message, "preview_image", number))
    newer = warm.render(order(attrs.evolve(starter_design(), seed=22), images=2))
    assert [answer["problem"] for answer in newer] == ["", ""]
    of_long = [message for message in warm.said if kind(message, "preview_image", number)]
    assert len(of_long) < 200
    assert any(kind(message, "preview_end", number) for message in warm.said)


def test_an_order_is_stopped(warm: Previewer) -> None:
    long = attrs.evolve(starter_design(samples=64), seed=23)
    number = warm.client.order(order(long, images=200))
    warm.until(lambda message: kind(message, "preview_image", number))
    stop = warm.client.order(None)
    warm.until(lambda message: kind(message, "preview_end", stop))
    assert len([message for message in warm.said if kind(message, "preview_image", number)]) < 200


def own(tmp_path: Path, *classes: DesignClass) -> Design:
    libraries = {"own": Library("models", ".")}
    return attrs.evolve(
        starter_design(samples=1, denoiser="none"), classes=classes, libraries=libraries, folder=tmp_path
    )


def test_a_class_that_cannot_be_shown_takes_nothing_from_the_others(warm: Previewer, tmp_path: Path) -> None:
    (tmp_path / "bad.obj").write_text("nothing of use\n")
    design = own(tmp_path, DesignClass("bad", ("own:bad.obj",)), DesignClass("cup", ("starter:cup/00",)))
    answers = warm.render(order(design, images=4))
    names = [Sampler(design, "train").class_name(index) for index in range(4)]
    for name, answer in zip(names, answers, strict=True):
        if name == "bad":
            assert answer["path"] is None
            assert "bad.obj" in answer["problem"]
        else:
            assert Path(answer["path"]).is_file()
    assert {"bad", "cup"} == set(names)


def test_a_model_that_is_put_right_is_shown_by_the_next_order(warm: Previewer, kit: Path, tmp_path: Path) -> None:
    (tmp_path / "cup.obj").write_text("nothing of use\n")
    design = own(tmp_path, DesignClass("cup", ("own:cup.obj", "starter:cup/00")))
    image = PreviewOrder("t", ((to_document(design), str(tmp_path)),), (PreviewImage(0, "train", 0),), 1)
    first = Sampler(design, "train").spec(0).models[0]
    design = own(tmp_path, DesignClass("cup", ("own:cup.obj",)))
    image = attrs.evolve(image, designs=((to_document(design), str(tmp_path)),))
    assert "cup.obj" in warm.render(image)[0]["problem"], first
    model = next((kit / "models" / "cup").rglob("*.obj"))
    shutil.copy(model, tmp_path / "cup.obj")
    before = files(warm.render(image))
    other = next((kit / "models" / "chair").rglob("*.obj"))
    shutil.copy(other, tmp_path / "cup.obj")
    after = files(warm.render(image))
    assert before != after
    with RenderSession(design, SessionSettings(), lambda message: None) as session:
        assert [session.render(Sampler(design, "train").spec(0)).jpeg] == after


def test_a_stand_in_is_told_and_not_kept_as_the_model_itself(warm: Previewer, tmp_path: Path) -> None:
    (tmp_path / "bad.obj").write_text("nothing of use\n")
    design = own(tmp_path, DesignClass("cup", ("own:bad.obj", "starter:cup/00")))
    sampler = Sampler(design, "train")
    index = next(index for index in range(20) if sampler.spec(index).models[0] == "own:bad.obj")
    asked = PreviewOrder("t", ((to_document(design), str(tmp_path)),), (PreviewImage(0, "train", index),), 1)
    for _ in range(2):
        (answer,) = warm.render(asked)
        assert not answer["cached"]
        assert answer["problem"] == ""
        assert answer["note"] == "own:bad.obj cannot be read; starter:cup/00 stands in for it"
    assert any(isinstance(message, Log) and "bad.obj" in message.text for message in warm.said)


def test_libraries_of_one_name_are_told_apart(warm: Previewer, kit: Path, tmp_path: Path) -> None:
    shown = []
    for name in ("cup", "chair"):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(next((kit / "models" / name).rglob("*.obj")), folder / "model.obj")
        design = attrs.evolve(own(folder, DesignClass("thing", ("own:model.obj",))))
        shown.append(files(warm.render(order(design, images=1))))
    turned = attrs.evolve(design, libraries={"own": Library("models", ".", "X")})
    shown.append(files(warm.render(order(turned, images=1))))
    assert len({bytes(first) for (first,) in shown}) == 3


def test_missing_and_impossible_things_are_told_at_their_image(warm: Previewer, tmp_path: Path) -> None:
    design = starter_design()
    settings = design.factors["background"].parameters["environment"]
    lost = attrs.evolve(
        with_parameter(design, "background", "environment", attrs.evolve(settings, fixed="light:gone.hdr")),
        libraries={"light": Library("environments", ".")},
        folder=tmp_path,
    )
    lost = attrs.evolve(
        lost, factors={**lost.factors, "background": attrs.evolve(lost.factors["background"], weight=0.0)}
    )
    broken = {**to_document(design), "seed": "no number"}
    images = (
        PreviewImage(0, "train", 0),
        PreviewImage(1, "train", 0),
        PreviewImage(2, "train", 0),
        PreviewImage(0, "test", 0),
        PreviewImage(0, "train", 0, {"lens": {"flare": 1.0}}),
        PreviewImage(0, "train", 0, image={"samples": 0}),
        PreviewImage(0, "train", 1),
    )
    designs = ((to_document(design), ""), (to_document(lost), str(tmp_path)), (broken, ""))
    problems = [answer["problem"] for answer in warm.render(PreviewOrder("t", designs, images, 4))]
    assert problems[0] == problems[-1] == ""
    for problem, words in zip(
        problems[1:-1], ("gone.hdr", "seed", "no split 'test'", "factors.lens", "image.samples"), strict=True
    ):
        assert words in problem


def test_the_process_leaves_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys, time; from pathlib import Path\n"
        "from simreal.rendering.launch import rendering_command\n"
        "from simreal.rendering.preview_client import PreviewClient\n"
        f"client = PreviewClient(rendering_command(('previewer', {str(tmp_path)!r})))\n"
        "while not client.messages(0.5): pass\n"
        "print(client.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    pid = int(done.stdout)
    start = time.monotonic()
    while is_running(pid):
        assert time.monotonic() - start < WAIT_S
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.is_file() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def test_closing_ends_the_process_and_leaves_nothing(tmp_path: Path) -> None:
    client = PreviewClient(rendering_command(("previewer", str(tmp_path / "cache"))))
    folder = Path(client._folder.name)
    number = client.order(order(starter_design(samples=256), images=50))
    Previewer(client).until(lambda message: kind(message, "preview_image", number))
    client.close()
    assert client._child.status is not None
    assert not is_running(client.pid)
    assert not folder.exists()


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    client = PreviewClient(rendering_command(("previewer", str(tmp_path / "cache"))))
    client.order(order(starter_design(), images=1))
    (error,) = [m for m in Previewer(client).until(lambda m: isinstance(m, Error)) if isinstance(m, Error)]
    assert "previews cannot be kept" in error.text
    client.close()


def test_an_idle_process_leaves(tmp_path: Path) -> None:
    code = (
        "import sys; from simreal.commands.message_channel import message_channel; report = message_channel()\n"
        "from pathlib import Path; from simreal.rendering.preview_worker import serve\n"
        "from simreal.rendering.session import SessionSettings\n"
        f"import os; status = serve(Path({str(tmp_path)!r}), SessionSettings(), report, idle_s=0.2)\n"
        "sys.stdout.flush(); os._exit(status)\n"
    )
    client = PreviewClient((sys.executable, "-c", code))
    start = time.monotonic()
    while not client.ended:
        client.messages(0.5)
        assert time.monotonic() - start < WAIT_S
    assert client.left_in_peace
    client.close()


def test_a_process_that_has_grown_too_large_leaves_when_its_work_is_done(tmp_path: Path) -> None:
    code = (
        "from simreal.commands import main; from simreal.rendering import preview_worker; import os\n"
        "preview_worker.MOST_IMAGES = 1\n"
        f"os._exit(main(['previewer', {str(tmp_path)!r}]))\n"
    )
    previewer = Previewer(PreviewClient((sys.executable, "-c", code)))
    assert len(previewer.render(order(starter_design(), images=3))) == 3
    start = time.monotonic()
    while not previewer.client.ended:
        previewer.client.messages(0.5)
        assert time.monotonic() - start < WAIT_S
    assert previewer.client.left_in_peace
    previewer.client.close()
