"""A worker's seat: the share of the machine it renders on."""

from __future__ import annotations

from collections.abc import Sequence

import attrs


@attrs.frozen
class Seat:
    """What one worker uses: a ``device`` (cpu, auto, optix, cuda, hip, metal, oneapi), so many CPU threads, of several
    GPUs the one numbered ``gpu`` (all of them if None), and these CPU ``cores`` alone (any if empty).

    Two seats of the same GPU are two workers that share it. Bytes of images depend on the kind of device alone.
    """

    device: str = "cpu"
    threads: int = 1
    gpu: int | None = None
    cores: tuple[int, ...] = ()

    def options(self) -> tuple[str, ...]:
        """The seat as options of ``simreal worker``."""
        options = ["--device", self.device, "--threads", str(self.threads)]
        if self.gpu is not None:
            options += ["--gpu", str(self.gpu)]
        if self.cores:
            options += ["--cores", ",".join(map(str, self.cores))]
        return tuple(options)


def described(seats: Sequence[Seat]) -> str:
    """Seats for people: ``4 worker(s) on GPUs 0, 1, 2, 3, 8 thread(s) each``."""
    gpus = sorted({seat.gpu for seat in seats if seat.gpu is not None and seat.device not in ("auto", "cpu")})
    where = f" on GPU{'s' if len(gpus) > 1 else ''} {', '.join(map(str, gpus))}" if gpus else ""
    return f"{len(seats)} worker(s){where}, {max(seat.threads for seat in seats)} thread(s) each"
