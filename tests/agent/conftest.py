"""The service over HTTP, opened once for the tests of a file."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.client import Client
from agent.server.app import create_app
from agent.server.beside import running
from configs.settings import Settings, StorageSettings


@pytest.fixture(scope="module")
def address(index_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the embedded service without a model."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(index_template, folder / "data")
    with running(create_app(Settings(storage=StorageSettings(data_dir=folder / "data")))) as url:
        yield url


@pytest.fixture
def caller(address: str) -> Iterator[Client]:
    with Client(address, language="zh") as opened:
        yield opened


@pytest.fixture
def somebody(address: str) -> Iterator[Callable[[], Client]]:
    """Makes clients of people of whom nothing is known yet."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Client(address, language="zh", user=uuid.uuid4().hex))
