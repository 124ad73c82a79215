"""All of the machine: how many workers, on which seats, and when one is replaced. Its renderer is the stand-in."""

import json
import os
import sys
from pathlib import Path

import pytest

from simreal.commands import main
from simreal.commands.doctor import gpu_checks
from simreal.datasets.finishing import data_hash
from simreal.datasets.messages import Log, Message, Result
from simreal.datasets.shards import Shard
from simreal.design.design import Design, DesignClass, Split
from simreal.design.document import save
from simreal.design.errors import ToolError
from simreal.rendering import staffing
from simreal.rendering.casualties import Casualties
from simreal.rendering.data_set import RenderRequest, render_data_set
from simreal.rendering.growth import Growth
from simreal.rendering.jobs import Job, read_job
from simreal.rendering.seats import Seat, described
from simreal.rendering.staffing import ThisMachinesStaffing, Wish
from simreal.rendering.trial import Crew
from simreal.rendering.watch import FAREWELL_S, FIRST_IMAGE_S, LEAST_S, SILENCE_S, Watch

STAND_IN = Path(__file__).parent / "stand_in_blender.py"
GB = 1_000_000_000


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):
    """Have this machine another number of cores, and memory."""

    def become(cores: int, gigabytes: float = 1000.0) -> None:
        monkeypatch.setattr(staffing, "available_cores", lambda: cores)
        monkeypatch.setattr(staffing, "available_bytes", lambda: int(gigabytes * GB))

    return become


class Crewing:
    """A staffing that is told what workers would say, and what came of it."""

    def __init__(self, wish: Wish, most: int = 1000, known: Crew | None = None) -> None:
        self.said: list[str] = []
        self.remembered: list[Crew] = []
        self.staffing = ThisMachinesStaffing(wish, most, known, self._hear, self.remembered.append)

    def _hear(self, message: Message) -> None:
        assert isinstance(message, Log)
        self.said.append(message.text)

    @property
    def crew(self) -> Crew:
        return Crew(len(self.staffing.seats), self.staffing.seats[0].threads)

    def render(self, images: int, seconds: float, left: int) -> None:
        """Every worker makes so many images, all at the same time."""
        seats = self.staffing.seats
        for _ in range(images):
            for number in range(len(seats)):
                self.staffing.on_image(number, seconds, seats, left)


# How many workers, of how many threads


@pytest.mark.parametrize(
    ("wish", "most", "gigabytes", "expected"),
    [
        (Wish("cpu"), 100, 64, Crew(8, 1)),
        (Wish("cpu"), 3, 64, Crew(3, 2)),
        (Wish("cpu"), 100, 3, Crew(2, 4)),
        (Wish("cpu"), 100, 0.1, Crew(1, 8)),
        (Wish("cpu", workers=4), 100, 64, Crew(4, 2)),
        (Wish("cpu", workers=16, threads=3), 100, 64, Crew(16, 3)),
        (Wish("cpu", threads=2), 100, 64, Crew(4, 2)),
    ],
)
def test_a_crew_that_suits_cores_memory_work_and_wishes(machine, wish: Wish, most: int, gigabytes, expected: Crew):
    machine(8, gigabytes)
    assert Crewing(wish, most).crew == expected


def test_the_crew_that_is_measured_to_be_faster_goes_on(machine):
    machine(8)
    crewing = Crewing(Wish("cpu"))
    assert crewing.crew == Crew(8, 1)
    crewing.render(12, seconds=1.0, left=100_000)
    assert crewing.crew == Crew(4, 2), "the other one is tried"
    crewing.render(20, seconds=0.4, left=100_000)
    assert crewing.crew == Crew(4, 2)
    assert crewing.said == [
        "measured 8 worker(s) of 1 thread(s): 8.00 images/s, 4 worker(s) of 2 thread(s): 10.00 images/s; "
        "goes on with 4 worker(s) of 2 thread(s)"
    ]
    assert crewing.remembered == [Crew(4, 2)]


def test_more_threads_that_gain_nothing_are_given_up_again(machine):
    machine(8)
    crewing = Crewing(Wish("cpu"))
    crewing.render(12, seconds=1.0, left=100_000)
    crewing.render(20, seconds=0.6, left=100_000)
    assert crewing.crew == Crew(8, 1)
    assert crewing.remembered == [Crew(8, 1)]


def test_a_short_job_tries_nothing(machine):
    machine(8)
    crewing = Crewing(Wish("cpu"))
    crewing.render(12, seconds=0.01, left=100_000)
    assert crewing.crew == Crew(8, 1)
    crewing = Crewing(Wish("cpu"))
    crewing.render(12, seconds=1000.0, left=100)
    assert (crewing.crew, crewing.said, crewing.remembered) == (Crew(8, 1), [], [])


def test_images_made_while_others_still_start_are_not_measured(machine):
    machine(8)
    crewing = Crewing(Wish("cpu"))
    for _ in range(1000):
        crewing.staffing.on_image(0, 1.0, crewing.staffing.seats[:1], 100_000)
    assert crewing.crew == Crew(8, 1)


@pytest.mark.parametrize("wish", [Wish("cpu", workers=8), Wish("cpu", threads=1)])
def test_what_the_user_fixed_is_not_measured(machine, wish: Wish):
    machine(8)
    crewing = Crewing(wish)
    crewing.render(100, seconds=1.0, left=100_000)
    assert (crewing.crew, crewing.said) == (Crew(8, 1), [])


def test_what_was_measured_before_is_not_measured_again(machine):
    machine(8)
    crewing = Crewing(Wish("cpu"), known=Crew(4, 2))
    crewing.render(100, seconds=1.0, left=100_000)
    assert (crewing.crew, crewing.said) == (Crew(4, 2), [])


def test_the_first_shard_tells_how_many_workers_memory_has_room_for(machine):
    machine(8, gigabytes=12)
    crewing = Crewing(Wish("cpu"))
    assert crewing.crew == Crew(8, 1)
    crewing.staffing.on_shard(2 * GB)
    assert crewing.crew == Crew(4, 2)
    assert crewing.said == ["a worker takes 2.0 GB of memory: 4 worker(s) of 2 thread(s) fit"]
    machine(8, gigabytes=5)
    crewing = Crewing(Wish("cpu"))
    assert crewing.crew == Crew(4, 2), "it is supposed to take 1.2 GB"
    crewing.staffing.on_shard(GB // 4)
    assert crewing.crew == Crew(8, 1)


# GPUs


def gpu(kind: str, count: int) -> Result:
    return Result("ready", {"renderer": "Blender", "device": f"{kind}: NVIDIA H200", "gpus": count, "pid": 1})


CPU = Result("ready", {"renderer": "Blender", "device": "CPU", "gpus": 0, "pid": 1})


def test_one_worker_a_gpu_each_with_its_share_of_the_cores(machine):
    machine(16)
    crewing = Crewing(Wish("auto"))
    assert crewing.staffing.seats == (Seat("auto", 1, 0),), "the first finds out what there is"
    crewing.staffing.on_ready(gpu("OPTIX", 4))
    assert crewing.staffing.seats == tuple(Seat("optix", 4, number) for number in range(4))
    assert described(crewing.staffing.seats) == "4 worker(s) on GPUs 0, 1, 2, 3, 4 thread(s) each"
    crewing.staffing.on_ready(gpu("OPTIX", 4))
    assert len(crewing.staffing.seats) == 4


def test_the_gpus_that_are_named(machine):
    machine(16)
    crewing = Crewing(Wish("optix", gpus=(1, 3)))
    crewing.staffing.on_ready(gpu("OPTIX", 4))
    assert crewing.staffing.seats == (Seat("optix", 8, 1), Seat("optix", 8, 3))


def test_several_workers_may_share_a_gpu(machine):
    machine(16)
    crewing = Crewing(Wish("cuda", workers=4))
    crewing.staffing.on_ready(gpu("CUDA", 2))
    assert [seat.gpu for seat in crewing.staffing.seats] == [0, 1, 0, 1]
    assert {seat.threads for seat in crewing.staffing.seats} == {4}


def test_without_a_gpu_the_first_worker_stays_and_others_join_it(machine):
    machine(4)
    crewing = Crewing(Wish("auto"))
    first = crewing.staffing.seats
    crewing.staffing.on_ready(CPU)
    assert crewing.staffing.seats == 4 * first
    with pytest.raises(ToolError, match="finds no GPU here, but --gpus names some"):
        Crewing(Wish("auto", gpus=(0,))).staffing.on_ready(CPU)


def test_the_doctor_lists_gpus_and_says_what_would_be_used(machine):
    machine(16)
    found, used = gpu_checks({"OPTIX": ["NVIDIA H100", "NVIDIA H200"], "CUDA": ["NVIDIA H100", "NVIDIA H200"]})
    assert found.detail == "OPTIX: 0 NVIDIA H100, 1 NVIDIA H200; CUDA: 0 NVIDIA H100, 1 NVIDIA H200"
    assert used.detail.startswith("OPTIX: 2 worker(s) on GPUs 0, 1, 8 thread(s) each")
    assert gpu_checks({})[1].detail.startswith("the CPU: 16 worker(s), 1 thread(s) each at first")


# Growth, hanging, dying


def test_a_worker_may_grow_by_half_and_half_a_gigabyte():
    growth = Growth()
    assert not any(growth.count(int(size * GB), 100 * GB) for size in (0.5, 1.0, 1.9, 2.0))
    assert growth.count(int(2.1 * GB), 100 * GB)


def test_a_worker_may_not_grow_beyond_its_share_of_the_machine():
    growth = Growth()
    assert not any(growth.count(GB, int(1.2 * GB)) for _ in range(3))
    assert growth.count(int(1.3 * GB), int(1.2 * GB))
    cramped = Growth()
    assert not any(cramped.count(3 * GB, GB) for _ in range(10)), "a new one would take as much"


class Clock:
    """Seconds that pass in small steps, as a pool's do."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def watch_for(seconds: float, watch: Watch, clock: Clock) -> None:
    for _ in range(int(seconds)):
        clock.now += 1.0
        watch.tick()


def test_an_image_may_take_twenty_times_the_usual():
    clock = Clock()
    watch = Watch(clock=clock)
    signs = watch.new()
    assert watch.limit_s(signs) == FIRST_IMAGE_S
    for seconds in (9.0, 10.0, 10.0, 300.0):
        watch.count(seconds)
    signs.images = 1
    assert watch.limit_s(signs) == 200.0
    for _ in range(200):
        watch.count(0.1)
    assert watch.limit_s(signs) == LEAST_S
    assert Watch(30.0).limit_s(signs) == 30.0


def test_a_worker_that_beats_but_finishes_nothing_hangs():
    clock = Clock()
    watch = Watch(30.0, clock)
    signs = watch.new()
    for _ in range(4):
        assert watch.verdict(signs, busy=True) == ""
        watch_for(10, watch, clock)
        signs.heard = watch.now
    assert watch.verdict(signs, busy=True) == "hung: no image finished in 30 s"
    assert watch.verdict(signs, busy=False) == "", "one that waits for a shard does not"


def test_a_worker_without_a_sign_of_life_hangs_even_while_it_starts():
    clock = Clock()
    watch = Watch(None, clock)
    signs = watch.new()
    watch_for(SILENCE_S + 2, watch, clock)
    assert "no sign of life" in watch.verdict(signs, busy=False)


def test_a_worker_that_does_not_leave_is_ended():
    clock = Clock()
    watch = Watch(None, clock)
    signs = watch.new()
    signs.leaving = 0.0
    assert watch.verdict(signs, busy=False) == ""
    watch_for(FAREWELL_S + 2, watch, clock)
    assert watch.verdict(signs, busy=False) == "it did not leave"


def test_no_worker_hangs_because_this_process_slept():
    clock = Clock()
    watch = Watch(30.0, clock)
    signs = watch.new()
    clock.now += 8 * 3600
    watch.tick()
    assert watch.verdict(signs, busy=True) == ""


SHARD = Shard("train", 0, 50)


def test_three_deaths_at_an_image_leave_it_out():
    casualties = Casualties()
    assert casualties.count(SHARD, 7, "killed by SIGSEGV").text.startswith("1 worker(s) died at image train/7 (killed")
    assert not casualties.count(SHARD, 7, "killed by SIGSEGV").set_aside
    verdict = casualties.count(SHARD, 7, "killed by SIGSEGV")
    assert (verdict.set_aside, verdict.text) == (
        False,
        "image train/7 is left out: it killed 3 workers (killed by SIGSEGV)",
    )
    assert casualties.given_up(SHARD) == {7: "killed 3 workers: killed by SIGSEGV"}


def test_a_shard_with_several_such_images_is_set_aside_with_them_named():
    casualties = Casualties()
    verdicts = [casualties.count(SHARD, index, "killed by SIGSEGV") for index in (3, 9, 4) for _ in range(3)]
    assert [verdict.set_aside for verdict in verdicts] == [*(8 * [False]), True]
    assert verdicts[-1].text == "its images 3, 4, 9 killed 3 workers each: killed by SIGSEGV"


def test_a_shard_in_which_workers_die_all_over_is_set_aside():
    casualties = Casualties()
    verdicts = [casualties.count(SHARD, index, "killed by SIGKILL") for index in range(6)]
    assert [verdict.set_aside for verdict in verdicts] == [*(5 * [False]), True]
    assert verdicts[-1].text == "6 workers died rendering it, the last at image train/5: killed by SIGKILL"


# With workers


@pytest.fixture(autouse=True)
def this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in is run by the Python that runs the tests."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Tell the stand-in what is to go wrong."""
    (tmp_path / "marks").mkdir()

    def tell(**behaviour: object) -> None:
        monkeypatch.setenv("STAND_IN", json.dumps({"marks": str(tmp_path / "marks"), **behaviour}))

    return tell


def mini(count: int) -> Design:
    classes = tuple(DesignClass(name, (f"starter:{name}/00", f"starter:{name}/01")) for name in ("cup", "chair"))
    return Design("mini", classes, splits=(Split("train", count),))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    save(mini(60), tmp_path / "mini.simreal.json")
    return tmp_path / "mini.simreal.json"


def render(file: Path, out: Path, *more: str) -> int:
    return main(["render", str(file), "--out", str(out), "--blender", str(STAND_IN), *more])


@pytest.fixture
def reference(file: Path, tmp_path: Path) -> str:
    assert render(file, tmp_path / "reference", "--workers", "1") == 0
    return data_hash(tmp_path / "reference")


def test_a_worker_that_hangs_is_replaced(file: Path, tmp_path: Path, told, reference: str, capsys):
    told(crash_at=33, times=2, how="SIGSTOP")
    assert render(file, tmp_path / "data", "--workers", "2", "--image-timeout", "1") == 0
    assert "2 worker(s) died at image train/33 (hung: no image finished in 1 s)" in capsys.readouterr().err
    assert data_hash(tmp_path / "data") == reference


def test_a_worker_out_of_memory_is_replaced(file: Path, tmp_path: Path, told, reference: str, capsys):
    told(crash_at=33, times=1, how="MemoryError")
    assert render(file, tmp_path / "data", "--workers", "1") == 0
    assert "died at image train/33 (exit status 1: MemoryError" in capsys.readouterr().err
    assert data_hash(tmp_path / "data") == reference


def test_one_worker_that_cannot_start_while_others_could_is_tried_again(
    file: Path, tmp_path: Path, told, reference: str
):
    told(crash_at=55, times=1, refuse_after_crash="the denoiser cannot be had: out of memory")
    assert render(file, tmp_path / "data", "--workers", "1") == 0
    assert data_hash(tmp_path / "data") == reference


def test_workers_that_grow_are_replaced_and_that_is_said_once(file: Path, tmp_path: Path, told, reference, capsys):
    told(resident_bytes=[GB, GB, 3 * GB], pids=str(tmp_path / "pids"))
    assert render(file, tmp_path / "data", "--workers", "1", "--count", "400") == 0
    assert capsys.readouterr().err.count("a worker grew from 1.0 to 3.0 GB and is replaced") == 1
    assert len((tmp_path / "pids").read_text().split()) == 3, "8 shards, three a worker"
    assert render(file, tmp_path / "data") == 0


def test_every_simulated_gpu_has_a_worker_of_its_own(file: Path, tmp_path: Path, told, reference: str, capsys):
    told(gpus=3, seconds=0.01, pids=str(tmp_path / "pids"), seats=str(tmp_path / "seats"))
    assert render(file, tmp_path / "data", "--device", "cuda") == 0
    assert "Stand-in 1 (CUDA: Stand-in GPU): 3 worker(s) on GPUs 0, 1, 2" in capsys.readouterr().err
    seats = (tmp_path / "seats").read_text().splitlines()
    assert {seat.partition("--gpu ")[2] for seat in seats} == {"0", "1", "2"}
    assert data_hash(tmp_path / "data") == reference


def test_seats_are_a_list_that_a_program_may_give(tmp_path: Path, told, reference: str):
    core = min(os.sched_getaffinity(0))
    told(seconds=0.01, seats=str(tmp_path / "seats"))
    seats = tuple(Seat(cores=(core,)) for _ in range(2))
    said: list[Message] = []
    request = RenderRequest(mini(60), tmp_path / "data", seats=seats, blender=STAND_IN)
    assert render_data_set(request, said.append).splits[0].images == 60
    assert (tmp_path / "seats").read_text().splitlines() == 2 * [f"--device cpu --threads 1 --cores {core}"]
    assert data_hash(tmp_path / "data") == reference


def test_what_was_measured_is_remembered_in_the_data_set(tmp_path: Path, told, machine, monkeypatch):
    machine(2)
    monkeypatch.setattr("simreal.rendering.workforce.available_cores", lambda: 2)
    monkeypatch.setattr("simreal.rendering.trial.WORTH_IMAGES_A_WORKER", 10)
    told(seconds=0.005, reported_s={"1": 100.0, "2": 10.0})
    request = RenderRequest(mini(240), tmp_path / "data", device="cpu", blender=STAND_IN)
    said: list[Message] = []
    render_data_set(request, said.append)
    texts = [message.text for message in said if isinstance(message, Log)]
    assert "Stand-in 1 (CPU): 2 worker(s), 1 thread(s) each" in texts
    (measured,) = [text for text in texts if text.startswith("measured")]
    assert measured.endswith("1 worker(s) of 2 thread(s): 0.10 images/s; goes on with 1 worker(s) of 2 thread(s)")
    assert read_job(tmp_path / "data") == Job(workers=1, threads=2, cores=2)
    next((tmp_path / "data" / ".simreal" / "train").glob("*.jsonl")).unlink()
    said.clear()
    render_data_set(request, said.append)
    assert "Stand-in 1 (CPU): 1 worker(s), 2 thread(s) each" in [m.text for m in said if isinstance(m, Log)]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--device", "cpu", "--gpus", "0"), "--gpus names GPUs, but --device is cpu"),
        (("--image-timeout", "0"), "--image-timeout must be above 0"),
    ],
)
def test_options_that_make_no_sense(file: Path, tmp_path: Path, more: tuple[str, ...], words: str, capsys):
    assert render(file, tmp_path / "data", *more) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_numbers_of_gpus_are_numbers(file: Path, tmp_path: Path, capsys):
    with pytest.raises(SystemExit):
        render(file, tmp_path / "data", "--gpus", "0,x")
    assert "must be numbers of GPUs, as 0,1; is '0,x'" in capsys.readouterr().err


def test_a_worker_that_stops_for_good_does_not_keep_the_job_from_ending(file: Path, tmp_path: Path, told, capsys):
    told(crash_at=33, times=99, how="SIGSTOP")
    assert render(file, tmp_path / "data", "--workers", "1", "--image-timeout", "0.5") == 0
    assert (
        "image train/33 is left out: it killed 3 workers (hung: no image finished in 0.5 s)" in capsys.readouterr().err
    )
