"""``serve-llm``: a profile of ``configs/vllm`` against the cards of this machine, then ``vllm serve``."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Sequence

from agent.errors import ServingFailed
from agent.serving.gpus import Gpu, gpus_present
from agent.serving.memory import GIB, Plan, plan
from agent.serving.profiles import ServingProfile, load_profile, names
from agent.serving.weights import weights_of
from configs.locales import environment_language, text
from configs.settings import DEFAULT_PROFILE, Settings

_QUIET = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
"""vLLM reports its use to its makers unless told not to; a hospital's server speaks to nobody."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command's arguments; its ``--profile`` names a file of ``configs/vllm``, so that ``common`` stays out."""
    one = commands.add_parser("serve-llm", help="用 vLLM 启动模型服务 / serve a model with vLLM")
    one.add_argument("--profile", dest="serving", required=True, metavar="NAME", help=f"{', '.join(names())}; 或文件 / or a file")
    one.add_argument("--lang", choices=("zh", "en"), default=None, help="语言 / language")
    one.add_argument("--print", dest="only_print", action="store_true", help="只检查并打印命令 / check and print, start nothing")
    one.add_argument("--vllm", default="vllm", metavar="PROGRAM", help="vllm 程序，可在另一环境 / the program, also of another environment")
    one.add_argument("flags", nargs="*", metavar="-- FLAG", help="再传给 vLLM 的参数 / more flags for vLLM, which win over the profile")
    one.set_defaults(profile=DEFAULT_PROFILE)


async def serve_llm(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Check the profile against the cards, print the command and become it.

    Raises:
        ServingFailed: the profile, the cards or the program do not serve; with ``--print`` the command is printed all the same.
    """
    reader = language or environment_language()
    profile = load_profile(options.serving)
    wanted = profile.over(options.flags).checked()
    command = [options.vllm, "serve", "--config", str(profile.path), *options.flags]
    print(" ".join([*(f"{name}={value}" for name, value in _QUIET.items()), shlex.join(command)]), flush=True)
    _tell(wanted, reader)
    if options.only_print:
        return 0
    program = shutil.which(options.vllm)
    if program is None:
        raise ServingFailed("vllm_missing", program=options.vllm)
    os.execve(program, command, {**_QUIET, **os.environ})


def _tell(profile: ServingProfile, reader: str) -> None:
    cards = gpus_present()
    weights = weights_of(profile.model)
    if weights is None:
        print(text(reader, "serving.unknown_size", model=profile.model), file=sys.stderr)
        if len(cards) < profile.cards:
            raise ServingFailed("gpu_few", needed=profile.cards, present=len(cards))
        return
    try:
        planned = plan(profile, weights, cards)
    except ServingFailed:
        if fitting := fitting_profiles(cards):
            print(text(reader, "serving.fitting", names=", ".join(fitting)), file=sys.stderr)
        raise
    print(_described(profile, planned, cards, reader), file=sys.stderr)


def fitting_profiles(cards: Sequence[Gpu]) -> list[str]:
    """Return the profiles of language models that would run on these cards."""
    found = []
    for name in names():
        profile = load_profile(name)
        weights = weights_of(profile.model)
        try:
            if weights is not None and not profile.pooling:
                plan(profile, weights, cards)
                found.append(name)
        except ServingFailed:
            continue
    return found


def _described(profile: ServingProfile, planned: Plan, cards: Sequence[Gpu], reader: str) -> str:
    gib = {name: f"{getattr(planned, name) / GIB:.1f}" for name in ("taken", "weights", "computing", "cache")}
    said = text(reader, "serving.fits", cards=profile.cards, card=cards[0].name, **gib)
    return said if profile.pooling else f"{said} {text(reader, 'serving.at_once', count=int(planned.at_once))}"
