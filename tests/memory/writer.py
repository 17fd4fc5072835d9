"""A process that writes to a record until it is done or killed.

Called as ``python -m tests.memory.writer STORAGE NAME COUNT``; STORAGE is the settings as JSON. After each write that was acknowledged its
number goes to standard output.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from configs.settings import StorageSettings
from memory import patients
from memory.facts import Fact
from memory.patients import PatientMemory
from memory.persistence import open_stores


def as_json(storage: StorageSettings) -> str:
    told = {"data_dir": str(storage.data_dir), "url": storage.url.get_secret_value(), "keys": storage.keys.get_secret_value()}
    return json.dumps(told)


def from_json(told: str) -> StorageSettings:
    values = json.loads(told)
    return StorageSettings(data_dir=Path(values["data_dir"]), url=SecretStr(values["url"]), keys=SecretStr(values["keys"]), connections=3)


async def main(told: str, name: str, count: str) -> None:
    patients.FOLD = 6
    async with open_stores(from_json(told), [], exclusive=False) as stores:
        memory = PatientMemory(stores.store, "local")
        for number in range(int(count)):
            at = datetime.now(UTC).isoformat(timespec="microseconds")
            word = f"{name}{number}"
            await memory.record([Fact(kind="allergy", value=word, quote=word, turn=f"{name}-{number}", at=at)])
            if number % 7 == 3:
                await memory.facts()
            sys.stdout.write(f"{word}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
