"""``compose.yaml``: valid, hardened, without secrets, and in agreement with our settings, our command line and vLLM's flags."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from compose_spec import PyCompose

from agent.server.serve import check_address
from agent.ui.launch import check_visitors
from configs.settings import ROOT, Settings, load_settings
from configs.table import variable_names
from memory.keys import load_keys
from tests.deploy.reading import SECRET, accepted, agent_commands, compose, served_profile

COMPOSE = compose()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS, VLLM = ("api", "api-gpu", "ui"), ("llm", "embedder", "reranker")
EACH = pytest.mark.parametrize("name", sorted(SERVICES))


@pytest.fixture(autouse=True)
def _no_variables_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SHENSI_")]:
        monkeypatch.delenv(name)


def test_it_is_valid_compose() -> None:
    assert set(PyCompose.from_yaml(yaml.safe_dump(COMPOSE)).service_names()) == set(SERVICES)
    spoiled = {**COMPOSE, "services": {**SERVICES, "api": {**SERVICES["api"], "read_onyl": True}}}
    with pytest.raises(ValueError, match="read_onyl"):
        PyCompose.from_yaml(yaml.safe_dump(spoiled))


@EACH
def test_a_service_can_change_nothing_of_its_own_and_gain_no_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"] and "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"] and not service.get("privileged")
    user = int(service["user"].split(":")[0])
    assert user > 0 and any(mount.startswith("/tmp:") for mount in service["tmpfs"])
    assert not {"pid", "ipc", "network_mode", "userns_mode", "devices"} & service.keys()


@EACH
def test_a_service_is_bounded_watched_and_started_again(name: str) -> None:
    service = SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]
    assert {"cpus", "memory", "pids"} == limits.keys() and service["restart"] == "unless-stopped"
    assert "healthcheck" in service or service["image"] == SERVICES["api"]["image"], "ours brings its check along"
    assert service["logging"]["options"].keys() >= {"max-size", "max-file"}


@EACH
def test_an_image_is_built_here_or_pinned(name: str) -> None:
    image = SERVICES[name]["image"]
    assert "build" in SERVICES[name] or re.fullmatch(r"[a-z/-]+:v?\d+\.\d+\.\d+(-pg\d+)?", image), image


@EACH
def test_nothing_is_open_to_other_machines(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))
    if name in ("postgres", *VLLM):
        assert SERVICES[name]["networks"] == ["inside"] and "ports" not in SERVICES[name]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_what_is_set_for_the_engine_is_not_taken_for_a_setting_of_ours() -> None:
    told = re.findall(r"\$\{([A-Z_]+):-", (ROOT / "compose.yaml").read_text(encoding="utf-8"))
    assert len(told) > 5 and not [name for name in told if name.startswith("SHENSI_") and name not in variable_names()]


@EACH
def test_no_secret_stands_in_it_and_every_variable_exists(name: str) -> None:
    environment: dict[str, str] = SERVICES[name].get("environment", {})
    ours = {variable for variable in environment if variable.startswith(("SHENSI_", "LLM_"))}
    assert ours <= variable_names()
    if name in OURS:
        assert ours == environment.keys()
    secret = {variable: value for variable, value in environment.items() if SECRET.search(variable)}
    assert all(not value or value.startswith("http://") for value in secret.values()), secret
    assert all(not urlsplit(value).username for value in environment.values())


def test_the_embedded_variant_needs_no_card_and_the_other_one_names_them() -> None:
    with_cards = {name for name, service in SERVICES.items() if "reservations" in service["deploy"]["resources"]}
    assert with_cards == set(VLLM) and all(SERVICES[name]["profiles"] == ["gpu"] for name in with_cards)
    embedded = {name for name, service in SERVICES.items() if service.get("profiles", ["embedded"]) == ["embedded"]}
    assert embedded == {"postgres", "api", "ui"}


def test_nobody_waits_for_a_service_that_is_not_started_with_them() -> None:
    for chosen in ("embedded", "gpu"):
        started = {name for name, service in SERVICES.items() if chosen in service.get("profiles", [chosen])}
        for name in started:
            for other, how in SERVICES[name].get("depends_on", {}).items():
                assert other in started or how.get("required") is False, (chosen, name, other)
                assert how["condition"] == "service_healthy" or other in VLLM


def made_secrets(folder: Path) -> Path:
    subprocess.run(["sh", str(ROOT / "deploy" / "secrets.sh"), str(folder)], check=True, capture_output=True)
    return folder


def loaded(name: str, secrets: Path, mounted: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings of a service as it sees them, with its secrets mounted under their names."""
    mounted.mkdir(exist_ok=True)
    for secret in SERVICES[name]["secrets"]:
        file = ROOT / COMPOSE["secrets"][secret["source"]]["file"]
        (mounted / secret["target"]).write_bytes((secrets / file.name).read_bytes())
    for variable, value in {**SERVICES[name]["environment"], "SHENSI_STORAGE__DATA_DIR": "/data"}.items():
        monkeypatch.setenv(variable, str(mounted) if value == "/run/secrets" else value)
    return load_settings(ROOT / accepted(SERVICES[name]["command"]).profile)


@pytest.mark.parametrize("name", ["api", "api-gpu"])
def test_the_service_would_start_with_what_it_is_given(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = made_secrets(tmp_path / "secrets")
    settings = loaded(name, secrets, tmp_path / "mounted", monkeypatch)
    options = accepted(SERVICES[name]["command"])
    assert options.command == "serve" and options.host == "0.0.0.0"
    check_address(settings.model_copy(update={"server": settings.server.model_copy(update={"host": options.host})}))
    url = urlsplit(settings.storage.url.get_secret_value())
    assert (url.hostname, url.username, url.path) == ("postgres", "shensi", "/shensi")
    assert url.password == (secrets / "postgres_password").read_text(encoding="ascii").strip()
    assert len(load_keys(settings.storage, may_create=False).keys) == 1
    assert settings.storage.data_dir == Path("/data") and f"{'data-gpu' if 'gpu' in name else 'data'}:/data" in SERVICES[name]["volumes"]


def test_the_gpu_service_speaks_to_the_servers_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded("api-gpu", made_secrets(tmp_path / "secrets"), tmp_path / "mounted", monkeypatch)
    for name, url, model in (
        ("llm", settings.llm.base_url, settings.llm.model),
        ("embedder", settings.retrieval.embedder_url, settings.retrieval.embedder_model),
        ("reranker", settings.retrieval.reranker_url, settings.retrieval.reranker_model),
    ):
        profile, service = served_profile(SERVICES[name]["command"]), SERVICES[name]
        assert (urlsplit(url).hostname, urlsplit(url).port) == (name, profile.values["port"])
        assert profile.values["served-model-name"] == model and profile.values["host"] == "0.0.0.0"
        assert service["environment"]["HEALTH_PORT"] == str(profile.values["port"])
        assert profile.cards == len(service["deploy"]["resources"]["reservations"]["devices"][0]["device_ids"])
        assert profile.model.startswith("/models/") and any(mount.endswith(":/models:ro") for mount in service["volumes"])
        assert f"v{(ROOT / 'requirements-vllm.txt').read_text().split('vllm==')[1].split()[0]}" == service["image"].split(":")[1]


def test_the_page_is_for_many_and_finds_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options, environment = accepted(SERVICES["ui"]["command"]), SERVICES["ui"]["environment"]
    assert options.command == "ui" and set(environment) == {"SHENSI_API_URL"}
    monkeypatch.setenv("SHENSI_API_URL", environment["SHENSI_API_URL"])
    check_visitors(options.host, environment["SHENSI_API_URL"], load_settings())
    host = urlsplit(environment["SHENSI_API_URL"]).hostname
    assert host == "api" and SERVICES["api-gpu"]["networks"]["outside"]["aliases"] == [host]
    assert "outside" in SERVICES["api"]["networks"] and SERVICES["ui"]["networks"] == ["outside"]


def test_secrets_are_made_once_and_others_cannot_list_them(tmp_path: Path) -> None:
    folder = made_secrets(tmp_path / "secrets")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert before.keys() == {Path(one["file"]).name for one in COMPOSE["secrets"].values()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    made_secrets(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert made_secrets(tmp_path / "other").joinpath("storage_keys").read_bytes() != before["storage_keys"]
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"/secrets/", "/models/"} <= set(ignored)


def test_every_command_that_people_are_told_is_one_of_ours() -> None:
    pages = [ROOT / "compose.yaml", *ROOT.glob("README*.md"), *(ROOT / "deploy").glob("*.md"), *(ROOT / "docs").glob("scaling*.md")]
    told = [words for page in pages for words in agent_commands(page)]
    exact = [words for words in told if not re.search("[…|{\\[]|NAME|PATH|DIR", " ".join(words))]
    assert len(exact) > 10
    for words in exact:
        accepted(words)
