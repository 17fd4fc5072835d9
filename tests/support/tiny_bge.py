"""bge-m3 and bge-reranker in small: XLM-RoBERTa with random weights and the characters of a few sentences.

The folder holds what FlagEmbedding reads of the real ones, so that its real code runs; only what the vectors mean is left out.
"""

from __future__ import annotations

import json
from pathlib import Path

DIMENSION = 64
SENTENCES = [
    "咽痛的人可以多喝温水，并让嗓子休息。",
    "腹泻的人要补充口服补液盐，防止脱水。",
    "失眠的人应当固定起床时间，睡前少看手机。",
    "发烧三天不退，应当到医院就诊。",
    "高血压病人要按时服药，每天测血压。",
    "对青霉素过敏的人不能用阿莫西林。",
    "孕妇用药之前要问医生。",
    "孩子咳嗽带喘，要尽快看医生。",
    "胸口压着疼，马上打急救电话。",
    "糖尿病人要控制饮食，适当运动。",
    "Warm drinks can ease a sore throat.",
    "A fixed time to get up helps people with insomnia.",
    "Drink oral rehydration salts when you have diarrhoea.",
    "See a doctor when a fever lasts for three days.",
    "People with high blood pressure take their medicine every day.",
    "Ask a doctor before you take any medicine in pregnancy.",
    "Chest pain that lasts needs an ambulance at once.",
    "An allergy to penicillin rules out amoxicillin.",
]


def build(folder: Path, heads: int = 4) -> tuple[Path, Path]:
    """Write both models under ``folder`` and return the folders of the embedder and of the reranker."""
    import torch
    from transformers import XLMRobertaConfig, XLMRobertaForSequenceClassification, XLMRobertaModel

    torch.manual_seed(7)
    tokenizer = _tokenizer()
    shape = {
        "vocab_size": len(tokenizer),
        "hidden_size": DIMENSION,
        "num_hidden_layers": 2,
        "num_attention_heads": heads,
        "intermediate_size": 128,
        "max_position_embeddings": 1100,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "type_vocab_size": 1,
        # The default of .02 leaves two layers so flat that all sentences get one vector.
        "initializer_range": 0.5,
    }
    embedder, reranker = folder / "bge-m3", folder / "bge-reranker"
    XLMRobertaModel(XLMRobertaConfig(**shape)).save_pretrained(embedder)
    torch.save(torch.nn.Linear(DIMENSION, DIMENSION).state_dict(), embedder / "colbert_linear.pt")
    words = torch.nn.Linear(DIMENSION, 1)
    torch.nn.init.constant_(words.bias, 1.0)  # else half of the texts have no word of weight
    torch.save(words.state_dict(), embedder / "sparse_linear.pt")
    XLMRobertaForSequenceClassification(XLMRobertaConfig(**shape, num_labels=1)).save_pretrained(reranker)
    for path in (embedder, reranker):
        tokenizer.save_pretrained(path)
    return embedder, reranker


def build_as_published(folder: Path) -> tuple[Path, Path]:
    """Do the same, with the files beside the weights by which sentence-transformers and vLLM learn how BAAI/bge-m3 pools."""
    embedder, reranker = build(folder, heads=1)  # 64 numbers a head, as in the published ones: vLLM has no kernel for narrower ones
    for path in (embedder / "config.json", reranker / "config.json"):  # the published files name it; newer transformers leave it out
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"position_embedding_type": "absolute"}), encoding="utf-8")
    steps = [("0", "", "Transformer"), ("1", "1_Pooling", "Pooling"), ("2", "2_Normalize", "Normalize")]
    modules = [{"idx": int(n), "name": n, "path": path, "type": f"sentence_transformers.models.{kind}"} for n, path, kind in steps]
    (embedder / "modules.json").write_text(json.dumps(modules), encoding="ascii")
    (embedder / "1_Pooling").mkdir(exist_ok=True)
    pooling = {"word_embedding_dimension": DIMENSION, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    (embedder / "1_Pooling" / "config.json").write_text(json.dumps(pooling), encoding="ascii")
    return embedder, reranker


def _tokenizer():  # type: ignore[no-untyped-def]
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    # Characters and English words, listed: a vocabulary that is trained comes out differently from one machine to the next, and with it
    # the random weights and the words that two texts share.
    words = sorted({"▁" + word for text in SENTENCES for word in text.split() if word.isascii()})
    characters = sorted({character for text in SENTENCES for character in text} - {" "})
    vocabulary = [(piece, 0.0) for piece in special] + [(word, -1.0) for word in words] + [(piece, -3.0) for piece in ["▁", *characters]]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=special.index("<unk>")))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    ends = [(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=ends)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
        model_max_length=1024,
    )
