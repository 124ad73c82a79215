"""Two-level fractional factorial experiments in which no factor's effect is mixed up with that of two others together.

A Hadamard matrix H of order n (Plackett and Burman 1946; Sylvester's doubling), and its fold-over -H below it (Box and
Hunter 1961): 2 n runs for n factors, of resolution IV. Columns are orthogonal, so that the least-squares effect of each
factor is the difference of the means of its two halves of the runs.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Signs: TypeAlias = npt.NDArray[np.int64]

# First rows of the cyclic part, orders 12 and 20 (Plackett and Burman 1946, Table 1).
_CYCLES = {12: "++-+++---+-", 20: "++--++++-+-+----++-"}
_LARGEST = 80


def folded(factors: int) -> Signs:
    """Signs (2 n, factors) of the levels of each run, n the smallest order that there is."""
    if not 1 <= factors <= _LARGEST:
        raise ValueError(f"an experiment has 1 to {_LARGEST} factors, not {factors}")
    order = next(n for n in range(2, _LARGEST + 1) if n >= factors and _is_order(n))
    half = _hadamard(order)
    return np.concatenate([half, -half])[:, :factors]


def _is_order(n: int) -> bool:
    while n % 2 == 0 and n not in _CYCLES:
        n //= 2
    return n == 1 or n in _CYCLES


def _hadamard(order: int) -> Signs:
    if order == 1:
        return np.ones((1, 1), np.int64)
    if order in _CYCLES:
        row = np.array([1 if sign == "+" else -1 for sign in _CYCLES[order]], np.int64)
        cyclic = np.stack([np.roll(row, shift) for shift in range(len(row))])
        body = np.concatenate([cyclic, -np.ones((1, len(row)), np.int64)])
        return np.concatenate([np.ones((order, 1), np.int64), body], 1)
    half = _hadamard(order // 2)
    return np.block([[half, half], [half, -half]])
