"""How large a model is: known for the ones that come with a profile, read from the folder for any other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Weights:
    """What the arithmetic of memory needs."""

    size: int
    """Bytes of the files."""
    layers: int
    heads: int
    kv_heads: int
    head_dim: int

    def cache_per_token(self, bytes_per_number: int) -> int:
        """Return the bytes that one token takes in the cache, over all cards."""
        return 2 * self.layers * self.kv_heads * self.head_dim * bytes_per_number


def _qwen3_32b(size: float) -> Weights:
    return Weights(int(size * 1e9), layers=64, heads=64, kv_heads=8, head_dim=128)


def _xlm_roberta_large() -> Weights:
    return Weights(int(1.14e9), layers=24, heads=16, kv_heads=16, head_dim=64)  # loaded in half precision


KNOWN = {
    "Qwen/Qwen3-32B": _qwen3_32b(65.5),
    "Qwen/Qwen3-32B-FP8": _qwen3_32b(34.3),
    "Qwen/Qwen3-32B-AWQ": _qwen3_32b(19.3),
    "BAAI/bge-m3": _xlm_roberta_large(),
    "BAAI/bge-reranker-v2-m3": _xlm_roberta_large(),
}
HEAD = int(3.2e9)
"""Upper bound for the draft head of EAGLE-3 for a 32B model: one layer, a projection and two tables of words."""


def weights_of(model: str) -> Weights | None:
    """Return the size of a model; ``None`` for a hub name that is not in the table and for a folder without weights."""
    if model in KNOWN:
        return KNOWN[model]
    try:
        config = json.loads((Path(model) / "config.json").read_text(encoding="utf-8"))
        size = sum(file.stat().st_size for file in Path(model).glob("*.safetensors"))
        heads = int(config["num_attention_heads"])
        kv_heads = int(config.get("num_key_value_heads") or heads)
        head_dim = int(config.get("head_dim") or config["hidden_size"] // heads)
        return Weights(size, int(config["num_hidden_layers"]), heads, kv_heads, head_dim) if size else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
