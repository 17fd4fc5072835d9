"""Collections over HTTP: uploads taken in by jobs, searches with their stages, passages, and nobody else's documents."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from agent.client import Client, Forbidden, Invalid, NotFound
from agent.server.app import create_app
from agent.server.beside import running
from agent.server.keys import KeyBook
from agent.wire.knowledge import Job
from configs.server import AuthSettings, ServerSettings
from configs.settings import RetrievalSettings, Settings, StorageSettings
from memory.persistence import open_stores

GUIDE = """# 蓝光治疗仪

## 怎么办

蓝光治疗仪每周三由设备科校准一次，照射距离应为三十厘米。

## 何时就医

皮肤发红起泡应立即停用并就医。
"""
ASKED = "蓝光治疗仪多久校准一次？"


def ended(client: Client, job: Job) -> Job:
    last = job
    for last in client.knowledge.wait(job, every_s=0.05):
        assert last.done <= last.total
    return last


def put(client: Client, folder: Path, collection: str, name: str, content: str | bytes) -> Job:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return ended(client, client.knowledge.upload(collection, path))


def test_an_uploaded_file_is_found_opened_answered_from_and_removed(caller: Client, tmp_path: Path) -> None:
    job = put(caller, tmp_path, "设备", "蓝光.md", GUIDE)
    assert (job.state, job.counts["added"], job.counts["chunks"]) == ("done", 1, 2)
    assert {one.name: one.own for one in caller.knowledge.collections()} == {"knowledge": False, "设备": True}
    assert [(file.name, file.documents) for file in caller.knowledge.files("设备")] == [("蓝光.md", 1)]
    found = caller.knowledge.search(ASKED, collections=["设备"])
    assert found.relevant and [stage.name for stage in found.stages][:3] == ["bm25", "dense", "fuse"]
    best = found.hits[0]
    assert best.bm25 and best.dense and "每周三" in best.text
    opened = caller.knowledge.chunk(best.id)
    assert opened.text == best.text and opened.collection == "设备" and opened.next
    assert caller.knowledge.chunk(opened.next).previous == best.id
    turn = caller.ask(ASKED, thread=caller.threads.create().id)
    assert best.id in {citation.id for citation in turn.citations}
    assert caller.knowledge.remove_file("设备", "蓝光.md").documents == 1
    with pytest.raises(NotFound):
        caller.knowledge.chunk(best.id)
    assert "设备" not in {one.name for one in caller.knowledge.collections()}


def test_a_file_of_the_same_name_replaces_the_one_before_and_a_broken_one_does_not(caller: Client, tmp_path: Path) -> None:
    put(caller, tmp_path, "versions", "device.md", GUIDE)
    assert put(caller, tmp_path, "versions", "device.md", GUIDE).counts["unchanged"] == 1
    assert put(caller, tmp_path, "versions", "device.md", GUIDE.replace("每周三", "每周五")).counts["replaced"] == 1
    broken = put(caller, tmp_path, "versions", "device.md", b"")
    assert broken.state == "failed" and "device.md" in broken.problems[0].message and str(tmp_path) not in broken.problems[0].message
    (file,) = caller.knowledge.files("versions")
    assert file.documents == 1
    assert "每周五" in caller.knowledge.search(ASKED, collections=["versions"]).hits[0].text
    assert caller.knowledge.remove("versions").documents == 1
    with pytest.raises(NotFound):
        caller.knowledge.remove("versions")


def test_what_cannot_be_read_fails_with_a_reason_in_the_readers_language(caller: Client, address: str, tmp_path: Path) -> None:
    job = put(caller, tmp_path, "bad", "scan.pdf", b"no pdf at all")
    assert job.state == "failed" and job.problems[0].code == "document_damaged" and "scan.pdf" in job.problems[0].message
    with Client(address, language="en") as english:
        assert english.knowledge.job(job.id).problems[0].message.isascii()
        assert english.knowledge.jobs()[0].id == job.id
    lines = '{"_id": "a", "title": "甲", "text": "蓝光治疗仪说明。"}\n{broken\n'
    half = put(caller, tmp_path, "bad", "lines.jsonl", lines)
    assert half.state == "done" and half.counts["added"] == 1 and len(half.problems) == 1


@pytest.mark.parametrize("name", ["x.exe", "README", "..md", ".hidden.md", "a" * 198 + ".md"])
def test_a_name_that_is_none_of_ours_is_refused(address: str, name: str) -> None:
    answer = httpx.put(f"{address}/v1/knowledge/collections/guides/files/{name}", content=b"# a\n\nb")
    assert answer.status_code in (404, 415, 422)


def test_no_name_leads_out_of_the_folder(address: str) -> None:
    for name in ("..%2F..%2Fescape.md", "%2E%2E%2Fescape.md", "..%5Cescape.md", "a%00b.md", "%2Ftmp%2Fescape.md"):
        for collection in ("guides", "%2E%2E", "a%2F..%2Fb", "..%5Cb"):
            answer = httpx.put(f"{address}/v1/knowledge/collections/{collection}/files/{name}", content=b"# a\n\nb")
            assert answer.status_code in (404, 405, 422), (collection, name)
    for collection in ("%2E%2E", "..%5Cb", "north:guides"):
        assert httpx.put(f"{address}/v1/knowledge/collections/{collection}/files/a.md", content=b"# a\n\nb").status_code in (404, 405, 422)


def test_the_built_in_knowledge_can_neither_be_added_to_nor_removed(caller: Client, tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text(GUIDE, encoding="utf-8")
    for act in (lambda: caller.knowledge.upload("knowledge", path), lambda: caller.knowledge.remove("knowledge")):
        with pytest.raises(Invalid) as caught:
            act()
        assert caught.value.code == "collection_built_in"


def test_a_stage_that_no_model_serves_is_refused_and_an_unknown_collection_is_not_found(caller: Client) -> None:
    with pytest.raises(Invalid) as caught:
        caller.knowledge.search("感冒", arm="rerank")
    assert caught.value.code == "stage_unavailable"
    with pytest.raises(NotFound):
        caller.knowledge.search("感冒", collections=["nowhere"])
    assert caller.knowledge.search("感冒", arm="bm25", language="zh", k=3).hits[0].dense is None


@dataclass
class Hospital:
    """Two tenants of one installation, and keys of theirs."""

    url: str
    keys: dict[str, str]

    def client(self, who: str) -> Client:
        return Client(self.url, key=self.keys[who], language="zh")


WHO = {
    "north": ("li", "north", ("chat", "knowledge:write")),
    "north-reader": ("wang", "north", ("chat", "memory")),
    "south": ("li", "south", ("chat", "memory", "knowledge:write")),
}


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    data = tmp_path_factory.mktemp("hospital") / "data"
    storage = StorageSettings(data_dir=data, knowledge_dir=data / "none")
    settings = Settings(
        storage=StorageSettings(data_dir=data),
        retrieval=RetrievalSettings(embedder="none"),
        server=ServerSettings(auth=AuthSettings(required=True)),
    )

    async def keys() -> dict[str, str]:
        async with open_stores(storage, ()) as stores:
            book = KeyBook(stores.store, stores.names)
            return {who: (await book.create(owner, scopes, tenant=tenant))[1] for who, (owner, tenant, scopes) in WHO.items()}

    made = asyncio.run(keys())
    with running(create_app(settings)) as url:
        yield Hospital(url, made)
    shutil.rmtree(data)


def test_another_tenants_documents_are_not_there_in_any_way(hospital: Hospital, tmp_path: Path) -> None:
    with hospital.client("north") as north, hospital.client("south") as south, hospital.client("north-reader") as reader:
        job = put(north, tmp_path, "devices", "device.md", GUIDE)
        (hit, *_) = north.knowledge.search(ASKED, collections=["devices"]).hits
        assert reader.knowledge.chunk(hit.id).text == hit.text
        assert [one.own for one in reader.knowledge.collections() if one.name == "devices"] == [True]
        for attempt in (
            lambda: south.knowledge.chunk(hit.id),
            lambda: south.knowledge.files("devices"),
            lambda: south.knowledge.search(ASKED, collections=["devices"]),
            lambda: south.knowledge.remove("devices"),
            lambda: south.knowledge.remove_file("devices", "device.md"),
            lambda: south.knowledge.job(job.id),
        ):
            with pytest.raises(NotFound):
                attempt()
        assert "devices" not in {one.name for one in south.knowledge.collections()} and south.knowledge.jobs() == []
        for client, sees in ((north, True), (reader, True), (south, False)):
            assert (hit.id in {one.id for one in client.knowledge.search(ASKED).hits}) is sees
            turn = client.ask(ASKED, thread=client.threads.create().id)
            assert ("每周三" in turn.model_dump_json()) is sees
        with pytest.raises(NotFound):
            south.knowledge.remove("devices")
        with pytest.raises(Forbidden):
            reader.knowledge.remove("devices")
        put(south, tmp_path, "devices", "device.md", GUIDE.replace("每周三", "每周日"))
        assert "每周三" in north.knowledge.search(ASKED).hits[0].text and "每周日" in south.knowledge.search(ASKED).hits[0].text


def test_an_upload_needs_its_scope_and_its_kind_before_anything_of_it_is_read(hospital: Hospital) -> None:
    address = f"{hospital.url}/v1/knowledge/collections/devices/files/x.md"

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            time.sleep(0.05)
            yield b"#" * 1000

    begun = time.monotonic()
    refused = [
        (httpx.put(address, content=GUIDE.encode()), 401),
        (httpx.put(address, content=GUIDE.encode(), headers={"authorization": f"Bearer {hospital.keys['north-reader']}"}), 403),
    ]
    assert [(answer.status_code, expected) for answer, expected in refused if answer.status_code != expected] == []
    assert time.monotonic() - begun < 5
