"""Who renders what a request asks for, and where: this machine's workers, or those of a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from ..datasets.layout import job_file, state_file
from ..datasets.messages import Report
from ..design.design import Design
from .cluster import Cluster, connected
from .jobs import Job, read_job, write_job
from .launch import available_cores, gpu_possible, worker_command
from .render_request import RenderRequest
from .seats import Seat, described
from .site import Site, ThisMachine
from .slot import Post
from .slots_here import HereSlots
from .staffing import Fixed, Staffing, ThisMachinesStaffing, Wish
from .trial import Crew


@contextmanager
def gathered(request: RenderRequest) -> Iterator[Workforce]:
    """The workforce for a request. ToolError where there is nothing that renders, or no cluster."""
    if request.engine == "local":
        worker_command(job_file(request.out), Seat(), request.blender)
        yield Workforce(request)
        return
    with connected(request.address) as cluster:
        yield Workforce(request, cluster)


@attrs.frozen
class Workforce:
    """Workers of the ``cluster``, None: of this machine."""

    request: RenderRequest
    cluster: Cluster | None = None

    def staffing(self, data: Path, report: Report, most: int) -> Staffing:
        """Who is to render: as the user wished, or as was measured here before, or as is to be found out."""
        request, job = self.request, read_job(data)
        write_job(data, job)
        if request.seats:
            return Fixed(request.seats)
        if self.cluster:
            return self.cluster.staffing(Wish(request.device, request.workers, request.threads), most)
        device = "cpu" if request.device == "auto" and not request.gpus and not gpu_possible() else request.device
        wish = Wish(device, request.workers, request.threads, request.gpus)
        known = Crew(job.workers, job.threads) if job.cores == available_cores() else None

        def remember(crew: Crew) -> None:
            write_job(data, Job(crew.workers, crew.threads, available_cores()))

        return ThisMachinesStaffing(wish, most, known, report, remember)

    def site(self, data: Path, design: Design) -> Site:
        """Where they work."""
        request, job = self.request, job_file(data.resolve())
        state = state_file(data).read_bytes()
        post = Post(design, state, data.resolve(), request.url, request.patience_s, request.blender)
        if self.cluster:
            return self.cluster.site(post)
        if request.url:
            return HereSlots(post)
        return ThisMachine(lambda seat: worker_command(job, seat, request.blender))

    def described(self, staffing: Staffing) -> str:
        """The workers, for people."""
        where = f"{self.cluster}, up to " if self.cluster else ""
        return where + described(staffing.seats)
