"""How near a search comes to the best of 256 settings in a few evaluations, replayed on Task2Sim's published rewards.

    .venv/bin/python benchmarks/task2sim_replay.py --table reward_db.json --out replay
    .venv/bin/python benchmarks/task2sim_replay.py --table reward_db.json --out replay --quick

The table is that of the repository samarth4149/task2sim (Mishra et al., CVPR 2022): 20 tasks x 256 settings of eight
factors. It is read where it lies and no part of Simreal. Renders nothing. Each replay's regret is kept in
--out/regrets.jsonl, so that the command goes on where it was stopped; writes replay.json and replay.md.
20 seeds of all tasks take a minute.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TypeAlias

import attrs

from simreal.design.errors import SimrealError
from simreal.studies.weighting.replay import SEARCHES, RewardTable, Standing, read_rewards, replay, standing

Key: TypeAlias = tuple[str, int, int, str]  # search, budget, seed, task

QUICK_SEEDS = 2


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", type=Path, required=True, help="Task2Sim's reward_db.json")
    parser.add_argument("--out", type=Path, required=True, help="folder of what is found")
    parser.add_argument("--budget", type=int, default=32, help="evaluations a replay (default: 32)")
    parser.add_argument("--seeds", type=int, default=20, help="replays of each task (default: 20)")
    parser.add_argument("--search", choices=tuple(SEARCHES), action="append", help="may be repeated (default: all)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SEEDS} seeds")
    args = parser.parse_args()
    try:
        table = read_rewards(args.table)
    except SimrealError as error:
        print(f"task2sim_replay: {error}", file=sys.stderr)
        return 2
    args.out.mkdir(parents=True, exist_ok=True)
    seeds = QUICK_SEEDS if args.quick else args.seeds
    found = [measure(table, name, args.budget, seeds, args.out) for name in args.search or SEARCHES]
    text = report(table, found, args.budget, seeds)
    (args.out / "replay.md").write_text(text, encoding="utf-8")
    document = {"budget": args.budget, "seeds": seeds, "searches": [attrs.asdict(one) for one in found]}
    (args.out / "replay.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(text)
    return 0


def measure(table: RewardTable, search: str, budget: int, seeds: int, out: Path) -> Standing:
    """All replays of a search; those in ``regrets.jsonl`` are not run again."""
    file = out / "regrets.jsonl"
    known = read_regrets(file)
    regrets: dict[int, dict[str, float]] = {}
    started = time.monotonic()
    with file.open("a", encoding="utf-8") as lines:
        lines.write("\n")  # ends a line that was cut off
        for seed in range(seeds):
            regrets[seed] = {}
            for number, task in enumerate(table.rewards):
                key = search, budget, seed, task
                if key not in known:  # a start of its own for every task: luck is then averaged over the tasks
                    searcher = SEARCHES[search](table.switches, seed * len(table.rewards) + number)
                    known[key] = replay(table, task, searcher, budget)
                    lines.write(json.dumps([*key, known[key]]) + "\n")
                    lines.flush()
                regrets[seed][task] = known[key]
            print(f"{search}: {seed + 1}/{seeds} seeds  {time.monotonic() - started:.0f} s", file=sys.stderr)
    return standing(search, regrets)


def read_regrets(file: Path) -> dict[Key, float]:
    """What was found before; a line that was cut off is passed over."""
    found: dict[Key, float] = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
        try:
            search, budget, seed, task, regret = json.loads(line)
        except ValueError:
            continue
        found[search, budget, seed, task] = regret
    return found


def report(table: RewardTable, found: list[Standing], budget: int, seeds: int) -> str:
    """Tables in Markdown."""
    lines = [
        f"{len(table.rewards)} tasks x {2**table.switches} settings, {budget} evaluations, {seeds} seeds. "
        "Points behind each task's best, mean over the tasks, with its 95 % interval over the seeds.",
        "",
        "| search | points behind | 95 % | within 1 point |",
        "|---|---|---|---|",
        *(
            f"| {one.search} | {one.regret:.2f} | {one.low:.2f} .. {one.high:.2f} | {100 * one.within:.0f} % |"
            for one in found
        ),
        "",
        f"| task | best | {' | '.join(one.search for one in found)} |",
        f"|---|---|{'---|' * len(found)}",
    ]
    for task in table.rewards:
        behind = " | ".join(f"{one.by_task[task]:.2f}" for one in found)
        lines.append(f"| {task} | {table.best(task):.2f} | {behind} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
