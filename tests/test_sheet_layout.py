"""Sheets laid out to the window that shows them: seen whole, pixel by pixel, with cells as large as can be."""

from __future__ import annotations

import pytest

from simreal.addon.sheet_layout import LEAST_STEPS, Room, plan_for, with_suitable_steps
from simreal.datasets.contact_sheet import Sheet
from simreal.datasets.preview_orders import PreviewImage, PreviewOrder
from simreal.datasets.preview_strips import Seen, strip_order
from simreal.datasets.sheet_plan import SheetPlan
from simreal.design.design import Design
from simreal.design.factors import FACTORS
from simreal.design.starting import Sources, start_design
from simreal.design.sweeps import STEPS

SMALL, WIDE, LARGE = (542, 630), (1000, 700), (1500, 900)


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Design:
    return start_design(Sources(classes=("cup", "car")), "starter", tmp_path_factory.mktemp("design")).design


def contact_sheet(images: int) -> PreviewOrder:
    pictures = tuple(PreviewImage(0, "train", number, caption=f"cup  {number}") for number in range(images))
    return PreviewOrder("Contact sheet", (({}, "."),), pictures, 4)


def strips(design: Design, factor: str, room: Room | None) -> PreviewOrder:
    return with_suitable_steps(lambda steps: strip_order(design, Seen("train"), factor, steps), room)


def fits(plan: SheetPlan, room: Room) -> bool:
    return plan.size[0] <= room[0] and plan.size[1] <= room[1]


@pytest.mark.parametrize("room", [SMALL, WIDE, LARGE])
@pytest.mark.parametrize("images", [1, 5, 12, 24])
def test_a_contact_sheet_takes_the_columns_that_suit_the_room(images: int, room: Room) -> None:
    plan = plan_for(contact_sheet(images), room)
    assert fits(plan, room) and len(plan.corners) == images
    assert plan.cell_px >= min(256, 0.8 * ((room[0] - 60) * (room[1] - 120) / (images * 1.4)) ** 0.5 - 20)


def test_images_are_enlarged_where_there_is_room_but_not_without_end() -> None:
    assert plan_for(contact_sheet(4), (4000, 3000)).cell_px == 256
    assert plan_for(contact_sheet(4), None).cell_px == 128


@pytest.mark.parametrize("factor", ["", "camera_viewpoint", "material_texture"])
@pytest.mark.parametrize("room", [SMALL, WIDE, LARGE])
def test_strips_fit_any_room_with_captions_that_can_be_read(design: Design, factor: str, room: Room) -> None:
    order = strips(design, factor, room)
    plan = plan_for(order, room)
    assert fits(plan, room) and plan.caption_px >= 12
    assert plan.cell_px >= 50 and LEAST_STEPS <= order.columns <= STEPS
    assert len(Sheet(plan)) == len(order.images)


def test_all_factors_are_set_beside_each_other_with_fewer_steps_where_the_room_is_small(design: Design) -> None:
    small, large = strips(design, "", SMALL), strips(design, "", LARGE)
    assert (small.columns, large.columns) == (LEAST_STEPS, STEPS)
    assert len(plan_for(small, SMALL).contents.breaks) == 1
    plan = plan_for(small, SMALL)
    lefts = {left for left, _ in plan.headings}
    assert len(lefts) == 2 and len(plan.headings) == len(FACTORS)


def test_a_strip_that_wraps_is_never_torn_apart(design: Design) -> None:
    order = strips(design, "material_texture", WIDE)
    plan = plan_for(order, WIDE)
    assert plan.contents.breaks and all(order.headings[row] for row in plan.contents.breaks)


def test_a_room_too_small_for_anything_leaves_cells_that_can_be_zoomed_out() -> None:
    plan = plan_for(contact_sheet(24), (120, 90))
    assert plan.cell_px == 40 and not fits(plan, (120, 90))
