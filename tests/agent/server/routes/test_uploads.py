"""Uploaded files at rest: sealed, owned, and gone with their thread or their owner, from every file of the data folder."""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from agent.chat import Chat
from agent.memory_cli import memory
from agent.server.app import create_app
from agent.server.beside import running
from agent.server.shelves import shelves_in
from agent.service import ConsultService
from configs.settings import Settings
from memory.cipher import Cipher
from memory.errors import StorageCorrupt
from memory.keys import load_keys
from memory.persistence import rotate
from memory.sealed_files import PIECE, SealedWriter, read_sealed
from tests.agent.server.conftest import profile, until

CANARY = "canaryzinib"
NAME = f"{CANARY}-plan.md"
TEXT = f"# {CANARY} 治疗计划\n\n## 怎么办\n\n{CANARY} 每周三服用一次，饭后服。\n"


@pytest.fixture
def settings(tmp_path: Path, keyword_index: Path) -> Settings:
    shutil.copytree(keyword_index, tmp_path / "data")
    return profile(tmp_path / "data")


@pytest.fixture
def client(settings: Settings) -> Iterator[httpx.Client]:
    app = create_app(settings)
    with running(app) as url, httpx.Client(base_url=url, timeout=60.0) as opened:
        opened.app = app  # type: ignore[attr-defined]
        yield opened


def thread_of(client: httpx.Client) -> str:
    return str(client.post("/v1/threads", json={}).json()["id"])


def put(client: httpx.Client, content: str = TEXT, name: str = NAME, **params: str) -> dict[str, Any]:
    answer = client.put(f"/v1/knowledge/collections/plans/files/{name}", params=params, content=content.encode())
    assert answer.status_code == 202, answer.text
    job = answer.json()["id"]
    assert until(lambda: client.get(f"/v1/knowledge/jobs/{job}").json()["state"] in ("done", "failed", "interrupted"), 60)
    return dict(client.get(f"/v1/knowledge/jobs/{job}").json())


def found(client: httpx.Client) -> list[str]:
    answer = client.get("/v1/knowledge/collections/plans/files")
    return [file["name"] for file in answer.json()] if answer.status_code == 200 else []


def holding(folder: Path) -> list[str]:
    """Return the files in which the canary can be read, or whose names say it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path.relative_to(folder)) for path in files if CANARY.encode() in path.read_bytes() or CANARY in path.name]


def test_an_uploaded_file_lies_sealed_and_only_the_index_holds_its_words(client: httpx.Client, settings: Settings) -> None:
    assert put(client)["state"] == "done" and found(client) == [NAME]
    data = settings.storage.data_dir
    held = holding(data)
    assert held and {name.partition("/")[0] for name in held} == {"index"}, held
    (kept,) = (data / "uploads").rglob("*.sealed")
    assert b"".join(read_sealed(kept, Cipher(load_keys(settings.storage, may_create=False)), kept.stem)).decode() == TEXT
    assert [path for path in (data / "uploads").rglob("*") if path.is_file()] == [kept], "nothing else is left lying about"


@pytest.mark.parametrize("with_what", ["thread", "owner", "file", "collection"])
def test_it_goes_with_its_thread_its_owner_or_by_itself_from_every_file(client: httpx.Client, settings: Settings, with_what: str) -> None:
    thread, other = thread_of(client), thread_of(client)
    assert put(client, thread=thread)["state"] == "done"
    assert put(client, "# 别的\n\n别的内容。\n", "other.md", thread=other)["state"] == "done"
    gone = {
        "thread": f"/v1/threads/{thread}",
        "owner": "/v1/memory?everything=true",
        "file": f"/v1/knowledge/collections/plans/files/{NAME}",
        "collection": "/v1/knowledge/collections/plans",
    }[with_what]
    assert client.delete(gone).status_code in (200, 204)
    assert found(client) == (["other.md"] if with_what in ("thread", "file") else [])
    assert holding(settings.storage.data_dir) == []
    assert len(list((settings.storage.data_dir / "uploads").rglob("*.sealed"))) == (1 if with_what in ("thread", "file") else 0)
    if with_what == "thread":
        assert NAME not in client.get("/v1/knowledge/jobs").text
        assert client.delete(f"/v1/threads/{other}").status_code == 204 and found(client) == []


@pytest.mark.parametrize("door", ["command line", "terminal"])
def test_it_goes_with_its_owner_outside_the_service_too(settings: Settings, door: str) -> None:
    with running(create_app(settings)) as url, httpx.Client(base_url=url, timeout=60.0) as client:
        assert put(client)["state"] == "done"
    assert holding(settings.storage.data_dir) != []

    async def erase() -> None:
        if door == "command line":
            assert await memory(argparse.Namespace(action="erase", item="all", who="", json=False, yes=True), settings, "zh") == 0
            return
        async with ConsultService.open(settings) as service:
            await Chat(service, Console(file=io.StringIO()), None, "zh").memory.run("/erase", "all yes")

    asyncio.run(erase())
    assert holding(settings.storage.data_dir) == []
    assert list((settings.storage.data_dir / "uploads").rglob("*.sealed")) == []


def test_a_file_that_waits_for_its_turn_when_its_thread_goes_is_never_taken_in(client: httpx.Client, settings: Settings) -> None:
    uploads = client.app.state.uploads  # type: ignore[attr-defined]
    reading, go_on, patiently = threading.Event(), threading.Event(), uploads._patiently

    def held(*args: Any) -> Any:
        reading.set()
        assert go_on.wait(30)
        return patiently(*args)

    uploads._patiently = held
    thread = thread_of(client)
    client.put("/v1/knowledge/collections/plans/files/first.md", content="# 一\n\n第一份。\n".encode())
    assert reading.wait(30)
    job = client.put(f"/v1/knowledge/collections/plans/files/{NAME}", params={"thread": thread}, content=TEXT.encode()).json()["id"]
    deleting = threading.Thread(target=lambda: client.delete(f"/v1/threads/{thread}"))
    deleting.start()
    go_on.set()
    deleting.join(60)
    assert until(lambda: found(client) == ["first.md"], 30)
    assert until(lambda: client.get(f"/v1/knowledge/jobs/{job}").status_code == 404 or holding(settings.storage.data_dir) == [], 30)
    assert client.get(f"/v1/threads/{thread}").status_code == 404 and holding(settings.storage.data_dir) == []


def test_a_thread_of_nobody_or_of_somebody_else_takes_no_file(client: httpx.Client) -> None:
    theirs = client.post("/v1/threads", json={}, headers={"x-shensi-user": "somebody"}).json()["id"]
    for thread in ("nobodys", theirs):
        answer = client.put(f"/v1/knowledge/collections/plans/files/{NAME}", params={"thread": thread}, content=TEXT.encode())
        assert answer.status_code == 404 and answer.json()["error"]["code"] == "thread_missing"
    assert found(client) == []


def test_a_new_file_that_cannot_be_read_leaves_the_one_before_it_sealed_and_owned(client: httpx.Client, settings: Settings) -> None:
    thread = thread_of(client)
    put(client, thread=thread)
    assert put(client, "")["state"] == "failed" and found(client) == [NAME]
    assert client.delete(f"/v1/threads/{thread}").status_code == 204 and found(client) == []


def test_files_from_before_the_sealing_are_sealed_at_the_start_and_what_a_crash_left_goes(settings: Settings) -> None:
    with running(create_app(settings)) as url, httpx.Client(base_url=url, timeout=60.0) as client:
        put(client)
    shelf = settings.storage.data_dir / "uploads" / "shared" / "plans"
    (sealed,) = shelf.iterdir()
    sealed.unlink()
    (shelf / NAME).write_text(TEXT, encoding="utf-8")
    (shelf / "half.md").write_text(TEXT, encoding="utf-8")
    with running(create_app(settings)) as url, httpx.Client(base_url=url, timeout=60.0) as client:
        assert [path.name for path in shelf.iterdir()] == [sealed.name] and found(client) == [NAME]


@pytest.mark.parametrize("whole", [False, True], ids=["file", "collection"])
def test_what_was_deleted_at_another_host_goes_from_the_disk_of_this_one_at_its_next_start(settings: Settings, whole: bool) -> None:
    uploads, names = settings.storage.data_dir / "uploads", {NAME, "again.md", "kept.md"}
    app = create_app(settings)
    with running(app) as url, httpx.Client(base_url=url, timeout=60.0) as client:
        for name in names:
            assert put(client, f"# {name}\n\n内容 {name}。\n", name)["state"] == "done"
        (shelf,) = shelves_in(uploads, app.state.uploads._stores)
        copies = {name: shelf.sealed(name).read_bytes() for name in names}
        for name in names - {"kept.md"}:  # where the others are deleted they do not lie
            shelf.sealed(name).unlink()
        for name in ("",) if whole else (NAME, "again.md"):
            path = f"/v1/knowledge/collections/plans/files/{name}".removesuffix("/files/")
            assert client.delete(path).status_code == 200
        shelf.folder.mkdir(exist_ok=True)
        for name in names:
            shelf.sealed(name).write_bytes(copies[name])
            os.utime(shelf.sealed(name), (time.time() + (60 if name == "again.md" else -60),) * 2)
    with running(create_app(settings)):
        assert until(lambda: not shelf.sealed(NAME).exists(), 30)
        assert shelf.sealed("again.md").exists() and shelf.sealed("kept.md").exists()


async def test_a_change_of_keys_seals_uploads_anew(settings: Settings) -> None:
    with running(create_app(settings)) as url, httpx.Client(base_url=url, timeout=60.0) as client:
        put(client)
    old = load_keys(settings.storage, may_create=False)
    await rotate(settings.storage)
    (kept,) = (settings.storage.data_dir / "uploads").rglob("*.sealed")
    new = load_keys(settings.storage, may_create=False)
    assert old != new and b"".join(read_sealed(kept, Cipher(new), kept.stem)).decode() == TEXT


def test_a_sealed_file_that_was_changed_cut_off_or_moved_does_not_open(tmp_path: Path, settings: Settings) -> None:
    cipher, path = Cipher(load_keys(settings.storage, may_create=True)), tmp_path / "x.sealed"
    for size in (0, 1, PIECE, PIECE + 1, 3 * PIECE + 5):
        content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
        with SealedWriter(path, cipher, "x") as writing:
            writing.write(content)
        assert b"".join(read_sealed(path, cipher, "x")) == content
        whole = path.read_bytes()
        first = 4 + int.from_bytes(whole[:4], "big")
        broken = [whole[:-1], whole[:first] if len(whole) > first else b"", whole[:30] + bytes([whole[30] ^ 1]) + whole[31:], whole + whole]
        for damaged in broken:
            path.write_bytes(damaged)
            with pytest.raises(StorageCorrupt):
                list(read_sealed(path, cipher, "x"))
        path.write_bytes(whole)
        with pytest.raises(StorageCorrupt):
            list(read_sealed(path, cipher, "y"))
