"""The bar on standard error while something is indexed: stage, count, rate and what is left."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from configs.locales import environment_language, text

Report = Callable[[int, int, str], None]


class _Rate(ProgressColumn):
    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def render(self, task: Task) -> Text:
        """Return how many a second."""
        return Text(text(self._language, "ingest.rate", rate=f"{task.speed:.1f}") if task.speed else "")


def bar(language: str | None) -> Report:
    """Return a progress callback that draws a bar once there is something to wait for, with a fresh count for each stage."""
    reader = language or environment_language()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(reader), TimeRemainingColumn())
    drawn = Progress(*columns, console=Console(stderr=True), transient=True)
    tasks: dict[str, int] = {}

    def show(done: int, total: int, stage: str) -> None:
        if done >= total:
            drawn.stop()
            tasks.clear()
            return
        if stage not in tasks:
            for old in list(drawn.task_ids):
                drawn.remove_task(old)
            tasks[stage] = drawn.add_task(text(reader, f"ingest.stage_{stage}"), total=total)
        if not drawn.live.is_started:
            drawn.start()
        drawn.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

    return show
