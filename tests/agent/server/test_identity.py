"""Who asks, over HTTP: by key, by token, or as the one person of this machine; and room for the turns of everybody."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from configs.guards import AuthSettings, LimitSettings, OidcSettings
from tests.agent.server.conftest import ASKED, until
from tests.agent.server.conftest import profile as modelled
from tests.agent.server.guarded import bearer, made_keys, profile
from tests.support.identity_provider import AUDIENCE, IdentityProvider, rsa_key
from tests.support.model_ready import honest
from tests.support.model_script import Slow
from tests.support.model_server import ModelServer
from tests.support.serving import Serving, serving

ALL = ("chat", "memory", "knowledge:write", "admin")


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        running.add("one", rsa_key())
        yield running


@pytest.fixture(scope="module")
def guarded(
    tmp_path_factory: pytest.TempPathFactory, keyword_index: Path, provider: IdentityProvider
) -> Iterator[tuple[Serving, list[str]]]:
    data = tmp_path_factory.mktemp("guarded") / "data"
    shutil.copytree(keyword_index, data)
    oidc = OidcSettings(issuer=provider.issuer, audience=AUDIENCE, tenant_claim="org")
    settings = profile(data, auth=AuthSettings(required=True, cache_s=0.0, oidc=oidc))
    keys = made_keys(settings, ("north", "li-si", ALL), ("north", "wang-wu", ALL), ("south", "li-si", ALL), ("north", "li-si", ("chat",)))
    with serving(settings) as running:
        yield running, keys


def test_another_owner_and_another_tenant_find_nothing_and_are_told_the_same(guarded: tuple[Serving, list[str]]) -> None:
    server, (mine, neighbour, namesake, _) = guarded
    thread = httpx.post(f"{server.url}/v1/threads", json={}, headers=bearer(mine)).json()["id"]
    known = {"x-request-id": "same"}
    answers = [httpx.get(f"{server.url}/v1/threads/{thread}", headers=bearer(key) | known) for key in (mine, neighbour, namesake)]
    absent = httpx.get(f"{server.url}/v1/threads/0123456789abcdef", headers=bearer(mine) | known)
    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert answers[1].content == answers[2].content == absent.content


def test_no_header_body_or_address_says_who_one_is(guarded: tuple[Serving, list[str]]) -> None:
    server, (mine, neighbour, *_) = guarded
    thread = httpx.post(f"{server.url}/v1/threads", json={}, headers=bearer(mine)).json()["id"]
    claimed = {"x-owner": "li-si", "x-tenant": "north", "x-forwarded-user": "li-si"}
    query = {"owner": "li-si", "tenant": "north"}
    answer = httpx.get(f"{server.url}/v1/threads/{thread}", headers=bearer(neighbour) | claimed, params=query)
    assert answer.status_code == 404


def test_a_key_and_a_token_of_the_same_person_lead_to_the_same_threads(
    guarded: tuple[Serving, list[str]], provider: IdentityProvider
) -> None:
    server, (mine, *_) = guarded
    thread = httpx.post(f"{server.url}/v1/threads", json={}, headers=bearer(mine)).json()["id"]

    def status(**claims: str) -> int:
        return httpx.get(f"{server.url}/v1/threads/{thread}", headers=bearer(provider.token(**claims))).status_code

    assert status(org="north") == 200
    assert (status(org="south"), status(org="north", sub="wang-wu"), status(org="north", scope="memory")) == (404, 404, 403)
    assert (status(), status(org="north", aud="another")) == (401, 401)


def test_a_revoked_key_opens_nothing_any_more(
    guarded: tuple[Serving, list[str]], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from agent.cli import main

    server, keys = guarded
    url, chosen = f"{server.url}/v1/threads", tmp_path / "profile.yaml"
    chosen.write_text(f"storage: {{data_dir: '{server.app.state.settings.storage.data_dir}'}}\n")
    assert httpx.get(url, headers=bearer(keys[3])).status_code == 200
    assert main(["keys", "revoke", keys[3].split("_")[1], "--profile", str(chosen)]) == 0
    assert httpx.get(url, headers=bearer(keys[3])).status_code == 401
    assert capsys.readouterr().out


def test_metrics_are_for_administrators(guarded: tuple[Serving, list[str]], provider: IdentityProvider) -> None:
    server, (mine, *_) = guarded
    url = f"{server.url}/metrics"
    found = [httpx.get(url, headers=headers).status_code for headers in (bearer(mine), bearer(provider.token(org="north")), {})]
    assert found == [200, 403, 401]


def test_without_authentication_everybody_here_is_the_profiles_owner_whatever_they_send(tmp_path: Path, keyword_index: Path) -> None:
    shutil.copytree(keyword_index, tmp_path / "data")
    settings = profile(tmp_path / "data", auth=AuthSettings())
    (key,) = made_keys(settings, ("", "somebody", ALL))
    with serving(settings) as server:
        url = f"{server.url}/v1/threads"
        thread = httpx.post(url, json={}).json()["id"]
        seen = [httpx.get(f"{url}/{thread}", headers=headers).status_code for headers in ({}, bearer("sk-anything"), bearer(key))]
        assert seen == [200, 200, 404], "a key of ours names its own owner all the same"
        assert httpx.get(url, headers=bearer(f"{key[:-1]}-")).status_code == 401
        assert httpx.get(url, headers={"host": "evil.example"}).status_code == 403


def test_who_floods_waits_and_is_sent_away_while_another_tenant_is_served(tmp_path: Path, keyword_index: Path) -> None:
    shutil.copytree(keyword_index, tmp_path / "data")
    script = honest()
    limits = LimitSettings(running=2, running_per_tenant=1, waiting=8, waiting_per_tenant=1, wait_s=60)
    with ModelServer(script.with_role("draft", lambda request: Slow(1.5, script.draft(request)))) as model:
        base = modelled(tmp_path / "data", model)
        server_settings = base.server.model_copy(update={"auth": AuthSettings(required=True), "limits": limits})
        settings = base.model_copy(update={"server": server_settings})
        loud, quiet = made_keys(settings, ("loud", "a", ALL), ("quiet", "b", ALL))
        with serving(settings) as server:
            flood(server, loud, quiet)


def flood(server: Serving, loud: str, quiet: str) -> None:
    def ask(key: str, found: list[httpx.Response]) -> None:
        with httpx.Client(base_url=server.url, headers=bearer(key), timeout=60) as client:
            thread = client.post("/v1/threads", json={}).json()["id"]
            found.append(client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED}))

    answers: dict[str, list[httpx.Response]] = {loud: [], quiet: []}
    asking = [threading.Thread(target=ask, args=(loud, answers[loud])) for _ in range(6)]
    for one in asking:
        one.start()
    turns = server.app.state.gates.turns
    assert until(lambda: turns.inside == 1 and turns.waiting == 1 and len(answers[loud]) == 4)
    ask(quiet, answers[quiet])
    for one in asking:
        one.join()
    told = sorted(answer.status_code for answer in answers[loud])
    assert told == [200, 200, 429, 429, 429, 429] and answers[quiet][0].status_code == 200
    refused = next(answer for answer in answers[loud] if answer.status_code == 429)
    assert int(refused.headers["retry-after"]) >= 1 and refused.json()["error"]["code"] == "busy_tenant"
    assert (turns.inside, turns.waiting) == (0, 0)


def test_who_goes_away_while_waiting_leaves_the_queue(tmp_path: Path, keyword_index: Path) -> None:
    shutil.copytree(keyword_index, tmp_path / "data")
    script = honest()
    with ModelServer(script.with_role("draft", lambda request: Slow(5.0, script.draft(request)))) as model:
        base = modelled(tmp_path / "data", model)
        limits = LimitSettings(running=1, wait_s=60)
        settings = base.model_copy(update={"server": base.server.model_copy(update={"limits": limits})})
        with serving(settings) as server, httpx.Client(base_url=server.url, timeout=60) as client:
            threads = [client.post("/v1/threads", json={}).json()["id"] for _ in range(2)]

            def ask(thread: str, seconds: float) -> None:
                with pytest.raises(httpx.ReadTimeout):
                    httpx.post(f"{server.url}/v1/threads/{thread}/messages", json={"content": ASKED}, timeout=seconds)

            first = threading.Thread(target=ask, args=(threads[0], 3.0))
            first.start()
            turns = server.app.state.gates.turns
            assert until(lambda: turns.inside == 1)
            ask(threads[1], 0.5)
            assert until(lambda: turns.waiting == 0) and turns.inside == 1
            first.join()
            assert until(lambda: turns.inside == 0), "who goes away while being answered gives their room back too"
            assert model.calls("draft") == 1
