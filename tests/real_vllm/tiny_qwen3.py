"""Builds a tiny random Qwen3 with a tokenizer of its own: the real architecture, the real special tokens, the real protocol.

    python tiny_qwen3.py OUT [DOCUMENTS]      (in the environment of vLLM: torch, transformers, tokenizers)

It says nonsense. What it is for is everything around the words: parsers, schemas, thinking, cache, limits, aborts, tensor parallelism.
The vocabulary is learned from the project's own documents, so that nothing has to be downloaded.
"""

import sys
from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import GenerationConfig, PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
PLAIN = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>"]
"""Not special: the parsers of vLLM look for them in the text."""
WORDS = 8192


def tokenizer(documents: Path) -> PreTrainedTokenizerFast:
    """Learn a byte-level BPE from the documents and add Qwen3's tokens."""
    learned = Tokenizer(models.BPE())
    learned.normalizer = normalizers.NFC()
    learned.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    learned.decoder = decoders.ByteLevel()
    texts = (path.read_text(encoding="utf-8") for path in sorted(documents.rglob("*.md")))
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    learned.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=WORDS, initial_alphabet=alphabet, show_progress=False))
    learned.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    learned.add_tokens([AddedToken(token, special=False, normalized=False) for token in PLAIN])
    whole = PreTrainedTokenizerFast(tokenizer_object=learned, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    whole.chat_template = (Path(__file__).parent / "template.jinja").read_text(encoding="utf-8")
    return whole


def build(out: Path, documents: Path) -> None:
    """Write model and tokenizer into a folder."""
    torch.manual_seed(0)
    words = tokenizer(documents)
    words.save_pretrained(out)
    end, stop = (words.convert_tokens_to_ids(token) for token in ("<|im_end|>", "<|endoftext|>"))
    config = Qwen3Config(
        vocab_size=-(-len(words) // 64) * 64,
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=64,
        max_position_embeddings=32768,
        tie_word_embeddings=True,
        eos_token_id=end,
        bos_token_id=stop,
        rope_theta=1e6,
    )
    model = Qwen3ForCausalLM(config).to(torch.bfloat16)
    model.save_pretrained(out)
    GenerationConfig(eos_token_id=[end, stop], pad_token_id=stop).save_pretrained(out)


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parents[2] / "knowledge" / "documents")
