"""What bge-m3 and bge-reranker share: how FlagEmbedding's models are loaded and run.

FlagEmbedding's own ``encode`` and ``compute_score`` run every batch twice, the first time to see whether it fits into memory, and draw
progress bars. Here its models and tokenizers are run once, and a batch that does not fit is halved; the numbers are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
MAX_TOKENS = 1024
"""Chunks hold at most 4000 characters; longer ones are cut here, not refused."""
LOAD_S = 300.0
"""What the first call may wait longer than the others, for weights of 2 GB."""


def load(kind: str, model: str, device: str) -> Any:
    """Return FlagEmbedding's ``kind`` of model on ``device``, in half precision unless that is the CPU.

    Raises:
        ImportError, OSError, RuntimeError, ValueError: not installed, not found, or not what it should be.
    """
    import FlagEmbedding
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    half = device != "cpu"
    loaded = getattr(FlagEmbedding, kind)(model, use_fp16=half, devices=device)
    loaded.model.to(device).eval()
    if half:
        loaded.model.half()
    else:
        loaded.model.float()
    return loaded


def outputs(loaded: Any, texts: Sequence[Any], device: str, **options: Any) -> tuple[Any, Any]:
    """Run a model once over texts, or pairs of texts, and return its inputs and outputs."""
    import torch

    pairs = not isinstance(texts[0], str)
    columns = [list(column) for column in zip(*texts, strict=True)] if pairs else [list(texts)]
    cut = "only_second" if pairs else True
    inputs = loaded.tokenizer(*columns, padding=True, truncation=cut, max_length=MAX_TOKENS, return_tensors="pt").to(device)
    with torch.inference_mode():
        return inputs, loaded.model(inputs, **options) if not pairs else loaded.model(**inputs, **options)


def halving(run: Callable[[list[Item]], list[Result]], items: list[Item]) -> list[Result]:
    """Return ``run(items)``; what does not fit into the memory of the GPU is run in halves.

    Raises:
        torch.OutOfMemoryError: one item alone does not fit.
    """
    import torch

    try:
        return run(items)
    except torch.OutOfMemoryError:
        if len(items) == 1:
            raise
    # Outside the handler: the error holds on to the frames whose tensors fill the memory.
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    half = len(items) // 2
    return halving(run, items[:half]) + halving(run, items[half:])
