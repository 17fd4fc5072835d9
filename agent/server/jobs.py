"""What became of an upload, as it is kept, sealed, and as it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from langgraph.store.base import GetOp, Item, PutOp
from pydantic import BaseModel, Field

from agent.server.errors import NotFound
from agent.wire.knowledge import Job, JobProblem, JobState, Stage
from configs.errors import ShensiError
from memory.sealed import SealedStore, listed
from retrieval.tenants import bare

KEPT = 200
"""Finished jobs of a tenant that can still be asked for."""
SILENT_S = 60.0
"""A job that its worker has not spoken of for so long was cut off."""
ENDED = ("done", "failed", "interrupted")


class JobRecord(BaseModel):
    """A job as it is kept; messages are made for whoever asks, in their language."""

    id: str
    tenant: str
    collection: str
    """As it is called in the index."""
    file: str
    tier: str
    state: JobState = "waiting"
    stage: Stage = ""
    done: int = 0
    total: int = 0
    created: str
    updated: str
    counts: dict[str, int] = Field(default_factory=dict)
    problems: list[tuple[str, dict[str, Any]]] = Field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDED

    def complain(self, error: ShensiError) -> None:
        """Note an error, with names in the place of paths of this machine."""
        values = {name: Path(value).name if name in ("path", "other") else value for name, value in error.values.items()}
        self.problems.append((error.code, values))

    def told(self, language: str) -> Job:
        """Return the job as its reader sees it."""
        problems = [
            JobProblem(file=self.file, code=code, message=ShensiError(code, **values).message(language)) for code, values in self.problems
        ]
        about = self.model_dump(include={"id", "file", "state", "stage", "done", "total", "created", "updated", "counts"})
        return Job(**about, collection=bare(self.collection), problems=problems)


@dataclass(frozen=True)
class Jobs:
    """The jobs of all tenants in the store."""

    store: SealedStore

    async def keep(self, job: JobRecord) -> None:
        """Write a job down, and that it was alive just now."""
        job.updated = now()
        await self.store.abatch([PutOp(("jobs", job.tenant), job.id, job.model_dump(mode="json"))])

    async def get(self, tenant: str, identity: str) -> JobRecord:
        """Return a job of a tenant.

        Raises:
            NotFound: there is none of that name.
        """
        (item,) = await self.store.abatch([GetOp(("jobs", tenant), identity)])
        if not isinstance(item, Item):
            raise NotFound("job_missing")
        return _judged(JobRecord.model_validate(item.value))

    async def all(self, tenant: str) -> list[JobRecord]:
        """Return the jobs of a tenant, the newest first."""
        kept = [_judged(JobRecord.model_validate(item.value)) for item in await listed(self.store, ("jobs", tenant))]
        return sorted(kept, key=lambda job: (job.created, job.id), reverse=True)

    async def forget(self, tenant: str, collection: str, file: str) -> None:
        """Forget what became of a file."""
        gone = [job for job in await self.all(tenant) if (job.collection, job.file) == (collection, file)]
        await self.store.abatch([PutOp(("jobs", tenant), job.id, None) for job in gone])

    async def prune(self, tenant: str) -> None:
        """Forget the oldest of too many."""
        ended = [job for job in await self.all(tenant) if job.ended]
        if len(ended) > KEPT:
            await self.store.abatch([PutOp(("jobs", tenant), job.id, None) for job in ended[KEPT:]])


def _judged(job: JobRecord) -> JobRecord:
    """Return a stored job; one whose worker fell silent was cut off."""
    silent = datetime.now(UTC) - datetime.fromisoformat(job.updated) > timedelta(seconds=SILENT_S)
    return job.model_copy(update={"state": "interrupted"}) if silent and not job.ended else job


def now() -> str:
    """Return the time as jobs write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
