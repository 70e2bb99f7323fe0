"""Ours held against the peers: how many times ours the best took, what we lose at, and what has no answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.measured import OURS, TIME_OVER, Measured
from benchmarks.questions import DRAWN_M

PEERS_ASK = {"band_covered": "band"}  # of peers in the place of a question, where parcels do not overlap
WAYS = {"cover": ("cover", "cover_local", "cover_dissolved")}  # a peer may be asked a question in
SHORT = {"tiling": "first", "irregular": "second", "real": "third"}  # yardsticks


@dataclass(frozen=True)
class Beside:
    """One question of a yardstick and size (of drawn polygons, of one size across), ours and peers who answered.

    ``ours_s`` is None where ours had no answer; peers come as seconds and whose they are.
    """

    ours: Measured
    across_m: int | None
    ours_s: float | None
    peers: tuple[tuple[float, Measured], ...]

    @property
    def name(self) -> str:
        """The question, with the size across of drawn polygons."""
        return self.ours.question if self.across_m is None else f"{self.ours.question}, {self.across_m // 1000} km"

    @property
    def best(self) -> tuple[float, Measured]:
        """Of the peers, the quickest by the clock."""
        return min(self.peers, key=lambda pair: pair[0])

    @property
    def times(self) -> float:
        """How many times ours the best peer took by the clock."""
        return self.best[0] / (self.ours_s or float("inf"))

    @property
    def times_cpu(self) -> float | None:
        """The same by processor seconds; None for drawn polygons, which are asked together."""
        cpu = [one.cpu_s for _, one in self.peers if one.cpu_s and self.across_m is None]
        return min(cpu) / self.ours.cpu_s if cpu and self.ours.cpu_s else None


def _beside(results: Sequence[Measured]) -> Iterator[Beside]:
    """Yield what was asked of ours and answered by a peer."""
    for ours in (one for one in results if one.engine == OURS and one.note != TIME_OVER):
        peers = _peers(results, ours, ours.question) or _peers(results, ours, PEERS_ASK.get(ours.question, ""))
        across = {size for one in (ours, *peers) for size in one.drawn_s or ()}
        for size in sorted(across) or (None,):
            found = tuple((seconds, one) for one in peers if (seconds := seconds_of(one, size)))
            if found:
                yield Beside(ours, size, seconds_of(ours, size), found)


def _peers(results: Sequence[Measured], ours: Measured, question: str) -> list[Measured]:
    return [
        one
        for one in results
        if (one.yardstick, one.count) == (ours.yardstick, ours.count)
        and one.question in WAYS.get(question, (question,))
        and not one.engine.startswith(OURS)
    ]


def seconds_of(one: Measured, across_m: int | None) -> float | None:
    """Return the seconds of an answer, of drawn polygons the median of those of one size."""
    return one.query_s if across_m is None else (one.drawn_s or {}).get(across_m)


def beside_peers(results: Sequence[Measured]) -> list[str]:
    """Return for each question and size how many times ours the best peer took."""
    lines = ["| question | size | best peer | by the clock | by processor seconds |", "|---|--:|---|--:|--:|"]
    for one in _beside(results):
        if one.ours_s:
            by_cpu = "" if one.times_cpu is None else f"{one.times_cpu:.1f}"
            name = one.best[1].engine
            lines.append(f"| {one.name} | {one.ours.count:,} | {name} | {one.times:.1f} | {by_cpu} |")
    return lines


def lost(results: Sequence[Measured]) -> list[str]:
    """Return every question and size a peer answered sooner, by the clock, the worst first."""
    every = list(_beside(results))
    behind = sorted((one for one in every if one.times < 1.0), key=lambda one: one.times)
    told = f"Of {len(every)} questions and sizes that a peer answered too, {len(behind)} are lost by the clock"
    if not behind:
        return [f"{told}."]
    lines = [
        f"{told}, the worst first:",
        "",
        "| yardstick | size | question | best peer | its ms | our ms | ours takes times | by processor seconds |",
        "|---|--:|---|---|--:|--:|--:|--:|",
    ]
    for one in behind:
        seconds, peer = one.best
        ours = "no answer" if one.ours_s is None else f"{1000 * one.ours_s:.3g}"
        times = "" if one.ours_s is None else f"{1.0 / one.times:.2f}"
        by_cpu = f"{1.0 / one.times_cpu:.2f}" if one.times_cpu else ""
        cells = (
            *(SHORT.get(one.ours.yardstick, one.ours.yardstick), f"{one.ours.count:,}", one.name, peer.engine),
            *(f"{1000 * seconds:.3g}", ours, times, by_cpu),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def unanswered(results: Sequence[Measured]) -> list[str]:
    """Return what has no answer, and why: questions of an engine, of each yardstick and size."""
    found: dict[tuple[str, int, str, str], list[str]] = {}
    for one in results:
        reason = reason_of(one)
        if reason:
            found.setdefault((one.yardstick, one.count, one.engine, reason), []).append(one.question)
    if not found:
        return ["Every engine answered all it was asked."]
    lines = ["| yardstick | size | engine | why | questions |", "|---|--:|---|---|---|"]
    for (yardstick, count, engine, reason), questions in found.items():
        cells = (SHORT.get(yardstick, yardstick), f"{count:,}", engine, reason, ", ".join(questions))
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def reason_of(one: Measured) -> str:
    """Return why there is no answer, or no whole one; "" where there is."""
    if one.note:
        return one.note
    if one.question == "drawn":
        left = [f"{size // 1000}" for size in DRAWN_M if size not in (one.drawn_s or {})]
        return f"{', '.join(left)} km: stopped after {one.cap_s:.0f} s in all" if left else ""
    return "" if one.query_s is not None else f"stopped after {one.cap_s:.0f} s"
