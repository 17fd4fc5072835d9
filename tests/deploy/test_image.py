"""The Dockerfile: what is in the image, as whom it runs, and what its commands mean."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from configs.settings import ROOT
from configs.table import variable_names
from tests.deploy.reading import SECRET, accepted, compose, dockerfile

INSTRUCTIONS = dockerfile()
LAST_STAGE = INSTRUCTIONS[max(n for n, (word, _) in enumerate(INSTRUCTIONS) if word == "FROM") :]


def of(word: str, stage: list[tuple[str, str]]) -> list[str]:
    return [rest for one, rest in stage if one == word]


def test_the_base_is_pinned_and_what_builds_does_not_stay() -> None:
    (given,) = of("ARG", INSTRUCTIONS)
    assert re.fullmatch(r"PYTHON=3\.11\.\d+-slim-bookworm", given)
    bases = of("FROM", INSTRUCTIONS)
    assert bases == ["python:${PYTHON} AS build", "python:${PYTHON}"]
    assert all(copied.startswith("--from=build ") for copied in of("COPY", LAST_STAGE))
    assert not any("pip" in run for run in of("RUN", LAST_STAGE))


def test_it_runs_as_somebody_without_rights_and_owns_one_folder() -> None:
    words = [word for word, _ in LAST_STAGE]
    assert of("USER", LAST_STAGE) == ["10001:10001"] and words.index("USER") > max(n for n, word in enumerate(words) if word == "RUN")
    assert of("VOLUME", LAST_STAGE) == ["/data"]
    assert "install -d -o 10001 -g 10001 -m 0700 /data" in of("RUN", LAST_STAGE)[0]
    assert not any("chown" in rest for _, rest in INSTRUCTIONS), "the code belongs to root, so that the service cannot change it"


def test_no_secret_is_in_it_and_every_variable_exists() -> None:
    names = re.findall(r"([A-Z_]+)=", " ".join(of("ENV", INSTRUCTIONS)))
    assert [name for name in names if name.startswith(("SHENSI_", "LLM_"))] == ["SHENSI_STORAGE__DATA_DIR"]
    assert {name for name in names if name.startswith("SHENSI_")} <= variable_names()
    assert not [name for name in names if SECRET.search(name)]


def test_everything_that_is_copied_is_there_and_nothing_else_travels() -> None:
    ignored = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert ignored[0] == "*", "everything stays but what is named"
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {name for rest in of("COPY", INSTRUCTIONS) if not rest.startswith("--") for name in rest.split()[:-1]}
    assert copied == let_in and all((ROOT / name).exists() for name in copied)
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "evaluation"}
    assert packages <= copied, "a package that the service imports is missing from the image"


def test_its_command_is_one_of_ours() -> None:
    (entry,), (command,) = of("ENTRYPOINT", LAST_STAGE), of("CMD", LAST_STAGE)
    assert json.loads(entry) == ["python", "-m", "agent"]
    options = accepted(json.loads(command))
    assert (options.command, options.host) == ("serve", "0.0.0.0")


class _Answers(BaseHTTPRequestHandler):
    asked: list[str]
    code: int

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(params=[200, 503])
def answering(request: pytest.FixtureRequest) -> Iterator[tuple[int, type[_Answers], int]]:
    handler = type("Handler", (_Answers,), {"asked": [], "code": request.param})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1], handler, request.param
        server.shutdown()
        thread.join()


def checks() -> dict[str, tuple[list[str], str, str]]:
    """Return every health check that is Python: command, the port in it, and the path that it must ask."""
    (image,) = of("HEALTHCHECK", LAST_STAGE)
    services = compose()["services"]
    vllm = {
        name: (services[name]["healthcheck"]["test"][1:], "os.environ['HEALTH_PORT']", "/health")
        for name in ("llm", "embedder", "reranker")
    }
    page = services["ui"]["healthcheck"]["test"][1:]
    return {"image": (json.loads(image.split("CMD ")[1]), "8000", "/livez"), "ui": (page, "8501", "/_stcore/health"), **vllm}


@pytest.mark.parametrize("name", sorted(checks()))
def test_a_health_check_passes_only_where_the_right_path_answers(name: str, answering: tuple[int, type[_Answers], int]) -> None:
    (program, flag, code), port_in_it, path = checks()[name]
    port, handler, status = answering
    assert program in ("python", "python3") and flag == "-c" and port_in_it in code
    done = subprocess.run([sys.executable, "-c", code.replace(port_in_it, str(port))], capture_output=True, timeout=60, check=False)
    assert (done.returncode == 0) == (status == 200), done.stderr
    assert handler.asked == [path]
