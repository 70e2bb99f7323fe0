"""What was measured of an engine, a question and a size, and the file that keeps it."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

OURS, SERVER = "PlanAtlas", "PostGIS"
TIME_OVER = "not run: the time was over"
NO_ANSWER = "not asked: no answer of fewer"


@dataclass(frozen=True)
class Measured:
    """One engine, question and size; ``query_s`` is None when it took more than ``cap_s`` or failed."""

    engine: str
    question: str
    count: int
    load_s: float | None
    query_s: float | None
    peak_mb: float | None
    total_m2: float | None
    note: str = ""
    cpu_s: float | None = None
    again_s: float | None = None
    again_cpu_s: float | None = None
    drawn_s: dict[int, float] | None = None
    facts_s: float | None = None
    cap_s: float = 0.0
    load: float | None = None
    yardstick: str = "tiling"

    @property
    def failed(self) -> bool:
        """Whether the engine ended with an error; one that was stopped at its cap did not."""
        return self.note.startswith("failed")


@dataclass(frozen=True)
class Log:
    """Measurements kept one a line as they are made, so that a run that was stopped goes on where it was."""

    path: Path

    def read(self) -> list[Measured]:
        """Return what was measured; a half-written last line is nothing."""
        found = []
        for line in self.path.read_text("utf-8").splitlines() if self.path.exists() else ():
            with suppress(json.JSONDecodeError):
                told = json.loads(line)
                drawn = told["drawn_s"]
                told["drawn_s"] = None if drawn is None else {int(size): s for size, s in drawn.items()}
                found.append(Measured(**told))
        return found

    def add(self, measured: Measured) -> None:
        """Keep one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"\n{json.dumps(asdict(measured))}\n")  # the line before may be half written
