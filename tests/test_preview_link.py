"""Blender's side of previews: the sheet fills in, follows the design, survives what may happen, and leaves nothing."""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import bpy
import numpy as np
import pytest
from PIL import Image

import simreal
from simreal.addon import preview_link, preview_live, preview_requests, preview_sheet, preview_thumbnails
from simreal.addon.conversion import design_of
from simreal.addon.preview_requests import DRAFT_PX, DRAFT_SAMPLES, contact_sheet, current, request
from simreal.addon.preview_sheet import IMAGE_NAME, PreviewSheet
from simreal.addon.sheet_layout import cell_px
from simreal.datasets.preview_orders import PreviewGap, PreviewImage, PreviewOrder
from simreal.design.design import Design, DesignClass, Split
from simreal.design.document import to_document
from simreal.design.errors import SimrealError
from simreal.design.sampling import Sampler
from simreal.rendering.session import RenderSession, SessionSettings

from .blender.recording_layout import draw

pytestmark = pytest.mark.blender
WAIT_S = 120.0


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The extension's folder, in which images are kept."""
    folder = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preview_link, "user_folder", lambda: folder)
        yield folder


@pytest.fixture(scope="module")
def registered(cache: Path) -> Iterator[None]:
    bpy.ops.wm.read_factory_settings()
    simreal.register()
    yield
    simreal.unregister()


@pytest.fixture
def state(registered: None) -> Iterator[Any]:
    """``Scene.simreal`` of a new scene with a small starter design, shown by one warm process."""
    bpy.context.window.scene = bpy.data.scenes.new("designed")
    bpy.ops.simreal.design_starter()
    made = bpy.context.scene.simreal
    made.image.resolution_px, made.image.samples, made.preview.images = 32, 1, 3
    yield made
    bpy.context.window_manager.simreal.preview.live = False
    preview_link.link().drop("The test is over")
    for scene in [scene for scene in bpy.data.scenes if scene.name.startswith("designed")]:
        bpy.data.scenes.remove(scene)


def until(happened: Callable[[], bool]) -> None:
    """Let time pass as Blender's timers do (pip's Blender has none) until something has happened."""
    start = time.monotonic()
    while not happened():
        assert time.monotonic() - start < WAIT_S
        if bpy.app.timers.is_registered(preview_live.follow) and preview_live.follow() is None:
            bpy.app.timers.unregister(preview_live.follow)
        preview_link.poll()
        time.sleep(0.01)


def finished() -> PreviewSheet:
    """The sheet that was asked for last, once it has ended."""
    until(lambda: sheet().ended)
    return sheet()


def sheet() -> PreviewSheet:
    shown = current()
    assert shown is not None
    return shown


def drawn() -> list[str]:
    """Texts in the panel."""
    found = draw(bpy.types.SIMREAL_PT_preview, bpy.context)
    return [str(arguments["text"]) for _, arguments in found if arguments.get("text")]


def test_the_sheet_shows_the_images_of_the_data_set(state: Any) -> None:
    assert bpy.ops.simreal.preview() == {"FINISHED"}
    assert not sheet().ended
    shown = finished()
    assert (shown.done, shown.total, shown.reason, shown.problems) == (3, 3, "", {})
    design = design_of(state)
    with RenderSession(design, SessionSettings(), lambda message: None) as session:
        expected = [session.render(Sampler(design, "train").spec(index)).jpeg for index in range(3)]
    assert [shown.files[number].read_bytes() for number in range(3)] == expected


@pytest.fixture
def blender_file(state: Any, tmp_path: Path) -> Path:
    return tmp_path / "file.blend"


def test_the_sheet_is_one_image_that_no_file_grows_by_and_nobody_is_asked_to_save(
    state: Any, blender_file: Path
) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(blender_file))
    bare = blender_file.stat().st_size
    for _ in range(2):
        bpy.ops.simreal.preview()
        finished()
    (image,) = [image for image in bpy.data.images if image.name.startswith(IMAGE_NAME)]
    assert tuple(image.size) == sheet().picture.size
    assert image.source == "FILE"
    assert not image.is_dirty
    assert not image.use_fake_user
    assert image.packed_file is None
    shown_in = blender_file.with_name("shown.blend")
    bpy.ops.wm.save_as_mainfile(filepath=str(shown_in), copy=True)
    assert shown_in.stat().st_size < bare + 20_000
    with bpy.data.libraries.load(str(shown_in)) as (inside, _):
        assert not [name for name in inside.images if name.startswith(IMAGE_NAME)]
    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    height, width = image.size[1], image.size[0]
    seen = (pixels.reshape(height, width, -1)[::-1, :, :3] * 255 + 0.5).astype(np.uint8)
    assert (seen == np.asarray(sheet().picture)).all()


def test_what_is_known_is_not_rendered_again(state: Any) -> None:
    state.seed = 5
    bpy.ops.simreal.preview()
    assert finished().cached == 0
    state.preview.images = 4
    bpy.ops.simreal.preview()
    assert finished().cached == 3
    assert any("3 known already" in text for text in drawn())


def test_a_repeated_preview_is_asked_for_while_one_is_rendered(state: Any) -> None:
    state.preview.images, state.seed = 300, 31
    bpy.ops.simreal.preview()
    first = sheet()
    until(lambda: first.done > 0)
    state.preview.images = 2
    bpy.ops.simreal.preview()
    assert first.ended
    assert first.done < 300
    assert finished().done == 2
    assert first.done < 300


def test_cancel_keeps_what_is_there(state: Any) -> None:
    assert not bpy.ops.simreal.preview_cancel.poll() or not sheet().ended
    state.preview.images, state.seed = 300, 32
    bpy.ops.simreal.preview()
    until(lambda: sheet().done > 1)
    assert any(" of 300" in text for text in drawn())
    assert bpy.ops.simreal.preview_cancel() == {"FINISHED"}
    assert sheet().ended
    assert sheet().reason == "Cancelled"
    assert 1 < sheet().done < 300
    assert "Cancelled" in drawn()
    assert not bpy.ops.simreal.preview_cancel.poll()
    assert not preview_link.link().poll()


def test_the_dice_go_on_to_the_next_seed(state: Any) -> None:
    state.seed = 7
    bpy.ops.simreal.preview()
    before = dict(finished().files)
    assert bpy.ops.simreal.preview_dice() == {"FINISHED"}
    assert state.seed == 8
    assert finished().files != before
    assert sheet().order.title.endswith("seed 8")
    state.seed = 2**31 - 1
    bpy.ops.simreal.preview_dice()
    assert state.seed == -(2**31)


def test_a_draft_is_smaller_quicker_and_called_one(state: Any) -> None:
    state.image.resolution_px, state.image.samples = 128, 16
    state.preview.quality = "DRAFT"
    bpy.ops.simreal.preview()
    shown = finished()
    assert f"draft ({DRAFT_PX} px, {DRAFT_SAMPLES} samples)" in shown.order.title
    with Image.open(shown.files[0]) as file:
        assert file.size == (DRAFT_PX, DRAFT_PX)
    state.image.resolution_px = state.image.samples = 48
    bpy.ops.simreal.preview()
    assert f"draft ({DRAFT_SAMPLES} samples)" in finished().order.title


def test_live_follows_the_design_after_a_pause(state: Any) -> None:
    bpy.context.window_manager.simreal.preview.live = True
    until(lambda: current() is not None and sheet().scene_uid == bpy.context.scene.session_uid)
    before = finished()
    for weight in (0.1, 0.2, 0.3):
        state.factors.object_scale.weight = weight
    assert sheet() is before, "nothing is rendered while the slider moves"
    until(lambda: sheet() is not before)
    after = finished()
    assert after.order.designs[0][0]["factors"]["object_scale"]["weight"] == 0.3
    state.factors.object_scale.weight = 0.5
    state.factors.object_scale.weight = 0.3
    until(lambda: not bpy.app.timers.is_registered(preview_live.follow))
    assert sheet() is after, "a design that is as it was is not shown again"


def test_live_follows_undo_and_redo(state: Any) -> None:
    bpy.context.window_manager.simreal.preview.live = True
    until(lambda: current() is not None and sheet().scene_uid == bpy.context.scene.session_uid)
    finished()
    bpy.ops.ed.undo_push(message="before")
    bpy.context.scene.simreal.seed = 41
    bpy.ops.ed.undo_push(message="after")
    until(lambda: sheet().order.designs[0][0]["seed"] == 41)
    bpy.ops.ed.undo()
    until(lambda: sheet().order.designs[0][0]["seed"] == 0)
    bpy.ops.ed.redo()
    until(lambda: sheet().order.designs[0][0]["seed"] == 41)
    assert IMAGE_NAME in bpy.data.images


def test_live_tells_what_is_wrong_with_the_design_and_goes_on_when_it_is_right(state: Any) -> None:
    bpy.context.window_manager.simreal.preview.live = True
    until(lambda: current() is not None and sheet().scene_uid == bpy.context.scene.session_uid)
    shown = finished()
    state.splits[0].overrides = "{"
    until(lambda: bool(preview_live.live().problem))
    assert sheet() is shown
    assert any("overrides" in text for text in drawn())
    state.splits[0].overrides = "{}"
    state.seed = 51
    until(lambda: not preview_live.live().problem)
    assert finished() is not shown


def test_live_repeats_what_was_asked_for(state: Any) -> None:
    """A sheet of another kind is made anew by whoever asked for it."""
    scene = bpy.context.scene

    def again() -> PreviewOrder:
        return attrs.evolve(contact_sheet(design_of(scene.simreal), "test_iid", 1), title="mine")

    request(again(), again=again, scene=scene)
    finished()
    bpy.context.window_manager.simreal.preview.live = True
    state.seed = 61
    until(lambda: sheet().order.designs[0][0]["seed"] == 61)
    assert finished().order.title == "mine"


def test_a_process_that_dies_is_told_and_started_again(state: Any) -> None:
    state.preview.images, state.seed = 300, 71
    bpy.ops.simreal.preview()
    until(lambda: sheet().done > 0)
    client = preview_link.link()._client
    assert client is not None
    os.kill(client.pid, signal.SIGKILL)
    shown = finished()
    assert "SIGKILL" in shown.reason
    assert any("SIGKILL" in text for text in drawn())
    assert not preview_link.link().poll(), "nothing is waited for"
    with pytest.raises(ChildProcessError):
        os.waitpid(client.pid, 0)
    state.preview.images = 2
    bpy.ops.simreal.preview()
    assert finished().done == 2
    assert sheet().reason == ""


def test_a_process_that_went_to_rest_is_started_again_unseen(state: Any) -> None:
    bpy.ops.simreal.preview()
    finished()
    client = preview_link.link()._client
    assert client is not None
    client._orders.put(None)  # its stdin ends, as it would end itself after a while
    start = time.monotonic()
    while client._child.status is None:
        assert time.monotonic() - start < WAIT_S
        time.sleep(0.01)
    state.seed = 81
    bpy.ops.simreal.preview()
    assert finished().reason == ""
    assert sheet().done == 3


def test_a_program_that_does_not_start_is_told(state: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    preview_link.link().close()
    monkeypatch.setattr(preview_link, "command", lambda: (str(tmp_path / "no blender"),))
    with pytest.raises(RuntimeError, match="cannot start"):
        bpy.ops.simreal.preview()
    monkeypatch.setattr(preview_link, "command", lambda: ("/bin/false",))
    bpy.ops.simreal.preview()
    assert "exit status 1" in finished().reason


def test_problems_are_told_in_their_cells_and_in_the_panel(state: Any, tmp_path: Path) -> None:
    (tmp_path / "bad.obj").write_text("nothing of use\n")
    state.folder = str(tmp_path)
    library = state.libraries.add()
    library.name, library.kind, library.path = "own", "models", "."
    for entry in state.classes:
        entry.enabled = entry.name == "cup"
    state.classes["cup"].models = "own:bad.obj"
    bpy.ops.simreal.preview()
    shown = finished()
    assert set(shown.problems) == {0, 1, 2}
    assert not shown.files
    assert "bad.obj" in "".join(drawn())  # a long path is broken anywhere
    reds = (np.asarray(shown.picture) == (201, 74, 66)).all(axis=2).sum()
    assert reds > 3 * 4 * 90


def test_the_sheet_is_saved_as_png(state: Any, tmp_path: Path) -> None:
    bpy.ops.simreal.preview()
    shown = finished()
    assert bpy.ops.simreal.preview_save(filepath=str(tmp_path / "sheet.png")) == {"FINISHED"}
    with Image.open(tmp_path / "sheet.png") as saved:
        assert (np.asarray(saved) == np.asarray(shown.picture)).all()
    (tmp_path / "file").write_text("")
    with pytest.raises(RuntimeError, match="cannot write"):
        bpy.ops.simreal.preview_save(filepath=str(tmp_path / "file" / "sheet.png"))


def test_the_values_of_an_image_are_listed(state: Any) -> None:
    assert bpy.ops.simreal.preview_values(index=4) == {"FINISHED"}
    assert bpy.ops.simreal.preview_values() == {"FINISHED"}


def test_a_sheet_that_cannot_be_written_is_told(state: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(preview_sheet, "sheet_file", lambda: tmp_path / "gone" / "sheet.bmp")
    bpy.ops.simreal.preview()
    finished()
    assert sheet().failed
    assert any("cannot write to" in text for text in drawn())
    with pytest.raises(RuntimeError, match="cannot write to"):
        bpy.ops.simreal.preview_show()


def test_another_file_forgets_the_sheet(state: Any, blender_file: Path) -> None:
    bpy.ops.simreal.preview()
    until(lambda: sheet().done > 0)
    bpy.ops.wm.save_as_mainfile(filepath=str(blender_file))
    bpy.ops.wm.open_mainfile(filepath=str(blender_file))
    assert current() is None
    assert IMAGE_NAME not in bpy.data.images
    assert not bpy.ops.simreal.preview_show.poll()
    assert not bpy.ops.simreal.preview_save.poll()
    assert bpy.context.scene.simreal.preview.images == 3
    assert not bpy.context.window_manager.simreal.preview.live
    bpy.ops.simreal.preview()
    assert finished().done == 3


def design_order(design: Design, *images: PreviewImage | PreviewGap, columns: int = 2) -> PreviewOrder:
    return PreviewOrder("t", ((to_document(design), ""),), images, columns, ("row",))


DESIGN = Design("d", (DesignClass("cup", ("starter:cup/00",)),), splits=(Split("train", 4),))


def test_gaps_are_no_images_to_wait_for(state: Any) -> None:
    small = {"resolution_px": 16, "samples": 1}
    request(design_order(DESIGN, PreviewGap("why"), PreviewImage(0, "train", 0, image=small), PreviewGap()))
    assert sheet().total == 1
    assert list(finished().files) == [1]


@pytest.mark.parametrize(
    ("size", "images", "columns", "expected"),
    [(128, 12, 4, 128), (32, 12, 4, 96), (2048, 1, 1, 512), (512, 64, 10, 192), (128, 400, 24, 73)],
)
def test_a_cell_is_as_large_as_its_image_within_what_can_be_seen(
    size: int, images: int, columns: int, expected: int
) -> None:
    image = PreviewImage(0, "train", 0, image={"resolution_px": size})
    assert cell_px(design_order(DESIGN, *[image] * images, columns=columns)) == expected


def test_thumbnails_come_one_a_class_behind_the_sheet(state: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: dict[str, str | None] = {}
    take = preview_thumbnails.Thumbnails.take

    def spy(self: Any, subject: Any, path: str | None) -> None:
        taken[subject.model] = path
        take(self, subject, path)

    monkeypatch.setattr(preview_thumbnails.Thumbnails, "take", spy)
    state.classes["lamp"].models = "starter:lamp/no such lamp"
    names = [entry.name for entry in state.classes]
    scene = bpy.context.scene
    assert [preview_thumbnails.icon_of(scene, name) for name in names] == [0] * len(names)
    for entry in state.classes:
        entry.enabled = entry.name != "lamp"
    state.seed = 91
    bpy.ops.simreal.preview()
    until(lambda: sheet().ended)
    until(lambda: len(taken) == len(names))
    assert taken.pop("starter:lamp/no such lamp") is None
    for model, path in taken.items():
        assert path is not None, model
        with Image.open(io.BytesIO(Path(path).read_bytes())) as thumbnail:
            assert thumbnail.size == (96, 96)
            assert np.asarray(thumbnail).std() > 3
    state.classes["cup"].models = "gone:cup.obj"
    assert preview_thumbnails.icon_of(scene, "no such class") == 0
    for name in names:
        preview_thumbnails.icon_of(scene, name)
    path = taken["starter:car/00"]
    assert path is not None
    with Image.open(path) as picture:
        inner = np.asarray(preview_thumbnails.trimmed(picture)).astype(int)
    assert inner.shape[0] == inner.shape[1] < 96
    assert np.abs(inner[:2] - inner[0, 0]).max() < 20, "the object is whole"
    assert preview_thumbnails.thumbnails().work() is None, "what is there, or cannot be, is not made again"


def test_taking_the_extension_off_ends_the_process_and_removes_the_image(state: Any) -> None:
    handlers = {name: list(getattr(bpy.app.handlers, name)) for name in ("load_post", "undo_post", "redo_post")}
    state.preview.images, state.seed = 300, 101
    bpy.ops.simreal.preview()
    until(lambda: sheet().done > 0)
    client = preview_link.link()._client
    assert client is not None
    simreal.unregister()
    try:
        assert client._child.status is not None
        with pytest.raises(ChildProcessError):
            os.waitpid(client.pid, 0)
        assert IMAGE_NAME not in bpy.data.images
        assert not preview_sheet.sheet_file().exists()
        for name, before in handlers.items():
            left = getattr(bpy.app.handlers, name)
            assert len(left) < len(before)
            assert not [handler for handler in left if "preview" in handler.__module__]
        for timer in (preview_link.poll, preview_live.follow):
            assert not bpy.app.timers.is_registered(timer)
        with pytest.raises(IndexError):
            preview_link.link()
        assert current() is None
    finally:
        simreal.register()


def test_a_scene_that_is_gone_is_no_order(state: Any) -> None:
    with pytest.raises(SimrealError, match="no longer there"):
        preview_requests.contact_sheet_of(-1)
