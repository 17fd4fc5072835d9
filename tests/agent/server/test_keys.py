"""API keys: made and revoked on the command line, and nowhere kept as they are."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.cli import main
from agent.errors import UnknownItem
from agent.server.keys import ApiKey, KeyBook
from configs.settings import StorageSettings
from memory.persistence import Stores, open_stores
from tests.memory.conftest import postgres as postgres
from tests.memory.conftest import storage as storage
from tests.memory.conftest import stores as stores


@pytest.fixture
def book(stores: Stores) -> KeyBook:
    return KeyBook(stores.store, stores.names)


async def test_a_key_opens_what_it_was_made_for(book: KeyBook) -> None:
    key, token = await book.create("li-si", ["memory", "chat"], tenant="hospital", label="app")
    found = await book.find(token)
    assert found == key and (found.tenant, found.owner, found.scopes) == ("hospital", "li-si", ("chat", "memory"))
    assert await book.all() == [key]


async def test_no_part_of_the_secret_is_kept(storage: StorageSettings, stores: Stores, book: KeyBook) -> None:
    key, token = await book.create("li-si", ["chat"])
    secret = token.split("_", 2)[2]
    (item,) = await stores.store.asearch(("api keys",))
    assert secret not in json.dumps(item.value) and secret not in key.model_dump_json()
    held = b"".join(path.read_bytes() for path in storage.data_dir.glob("*.sqlite*"))
    assert not [word for word in (secret, key.id, "li-si") if word.encode() in held]


async def test_whatever_is_not_the_whole_key_opens_nothing(book: KeyBook) -> None:
    key, token = await book.create("li-si", ["chat"])
    _, other = await book.create("zhang-san", ["chat"])
    wrong = [
        token[:-1],
        token + "A",
        token.upper(),
        token.replace("shensi", "shensj"),
        f"shensi_{key.id}_",
        "",
        "shensi",
        "密" * len(token),
    ]
    wrong.append(f"shensi_{key.id}_{other.split('_', 2)[2]}")
    assert [found for word in wrong if (found := await book.find(word))] == []


async def test_a_key_opens_only_by_the_hash_that_is_kept(stores: Stores, book: KeyBook) -> None:
    key, token = await book.create("li-si", ["chat"])
    (item,) = await stores.store.asearch(("api keys",))
    await stores.store.aput(("api keys",), key.id, {**item.value, "hash": "0" * 64}, index=False)
    assert await book.find(token) is None


async def test_what_we_have_not_made_is_refused_without_asking_the_database(stores: Stores) -> None:
    class Counting:
        asked = 0

        async def abatch(self, ops: object) -> list[None]:
            self.asked += 1
            return [None]

    store = Counting()
    book = KeyBook(store, stores.names)  # type: ignore[arg-type]
    for number in range(50):
        assert await book.find(f"shensi_{number:016x}_{'A' * 43}") is None
    assert store.asked == 0


async def test_a_revoked_and_an_expired_key_open_nothing(stores: Stores) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    book = KeyBook(stores.store, stores.names, clock=lambda: now)
    key, token = await book.create("li-si", ["chat"])
    _, short = await book.create("li-si", ["chat"], days=3)
    assert await book.find(token) and await book.find(short)
    await book.revoke(key.id)
    assert await book.find(token) is None
    now += timedelta(days=3)
    assert await book.find(short) is None
    assert [known.state(now) for known in await book.all()] in (["revoked", "expired"], ["expired", "revoked"])
    with pytest.raises(UnknownItem):
        await book.revoke("0" * 16)


async def test_a_revoked_key_is_remembered_no_longer_than_was_allowed(stores: Stores) -> None:
    keeping, asking = (KeyBook(stores.store, stores.names, cache_s=seconds) for seconds in (60.0, 0.0))
    key, token = await keeping.create("li-si", ["chat"])
    assert await keeping.find(token) and await asking.find(token)
    await asking.revoke(key.id)
    assert await keeping.find(token) and await asking.find(token) is None


async def test_keys_are_made_listed_and_revoked_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text(f"storage: {{data_dir: '{tmp_path / 'data'}'}}\nconsult: {{tenant: hospital}}\n")

    async def run(*words: str) -> tuple[int, str, str]:
        code = await asyncio.to_thread(main, ["keys", *words, "--profile", str(profile)])
        said = capsys.readouterr()
        return code, said.out, said.err

    code, said, _ = await run("create", "--owner", "li-si", "--scope", "chat", "--scope", "knowledge:write", "--days", "30")
    token = said.splitlines()[0]
    assert code == 0 and "以后不会再显示" in said
    storage = StorageSettings(data_dir=tmp_path / "data")
    async with open_stores(storage, []) as stores:  # the service holds the folder; the command line works all the same
        found = await KeyBook(stores.store, stores.names).find(token)
        assert isinstance(found, ApiKey) and (found.tenant, found.owner) == ("hospital", "li-si")
        assert (await run("list", "--lang", "en"))[1].split()[:3] == [found.id, "valid", "hospital/li-si"]
        assert (await run("revoke", found.id))[0] == 0
        assert await KeyBook(stores.store, stores.names).find(token) is None
    assert json.loads((await run("list", "--json"))[1])["revoked_at"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["create", "--scope", "chat"], "--owner"),
        (["create", "--owner", "a b", "--scope", "chat"], "--owner"),
        (["create", "--owner", "a", "--tenant", "x.y", "--scope", "chat"], "--owner"),
        (["create", "--owner", "a"], "knowledge:write"),
        (["create", "--owner", "a", "--scope", "everything"], "knowledge:write"),
        (["create", "--owner", "a", "--scope", "chat", "--days", "0"], "3660"),
        (["revoke"], "keys list"),
        (["revoke", "0123456789abcdef"], "0123456789abcdef"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused_in_plain_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text(f"storage: {{data_dir: '{tmp_path / 'data'}'}}\n")
    assert main(["keys", *words, "--profile", str(profile)]) in (1, 2)
    assert said in capsys.readouterr().err
