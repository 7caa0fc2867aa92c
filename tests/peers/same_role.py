"""Which postings are one vacancy: Waypost beside other ways to find duplicates, on the same labelled pairs.

    SAME_ROLE_OUT=/tmp/pairs cargo test -p pipeline-rules --test labels -- --ignored postings_of_one
    python same_role.py /tmp/pairs.dev /tmp/pairs.test [WAYPOST]

The files hold the labels of `tests/labels/same_role.jsonl` with their words. WAYPOST is the program; without it only the peers are
measured. Each peer decides pair by pair, by the text alone (the address for `exact URL`), at the thresholds that are usual for it.
"""

import html
import json
import re
import subprocess
import sys

from datasketch import MinHash, MinHashLSH

WORD = re.compile(r"[^\W_]+")


def words(posting):
    text = posting["text"]
    if posting.get("html"):
        text = html.unescape(re.sub(r"<[^>]+>", " ", text))
    return [word.lower() for word in WORD.findall(text)]


def shingles(posting):
    found = words(posting)
    return {" ".join(found[at:at + 3]) for at in range(max(len(found) - 2, 1))}


def exact_url(a, b):
    return bool(a.get("url")) and a.get("url") == b.get("url")


def jaccard(a, b):
    left, right = set(words(a)), set(words(b))
    return len(left & right) >= 0.8 * len(left | right) > 0


def minhash_lsh(a, b):
    index = MinHashLSH(threshold=0.8, num_perm=128)
    sketches = []
    for posting in (a, b):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([shingle.encode() for shingle in shingles(posting)])
        sketches.append(sketch)
    index.insert("a", sketches[0])
    return bool(index.query(sketches[1]))


def fingerprint(posting):
    import hashlib

    votes = [0] * 64
    for shingle in shingles(posting):
        number = int.from_bytes(hashlib.md5(shingle.encode()).digest()[:8], "big")
        for bit in range(64):
            votes[bit] += 1 if number >> bit & 1 else -1
    return sum(1 << bit for bit in range(64) if votes[bit] > 0)


def simhash(a, b):
    """64 bits, at most 3 of them unequal (Manku et al., 2007)."""
    return (fingerprint(a) ^ fingerprint(b)).bit_count() <= 3


def same_title(peer):
    """The peer among postings of one employer with one title, as published."""

    def decide(a, b):
        key = lambda posting: (str(posting.get("company")).lower(), posting["title"].strip().lower())
        return key(a) == key(b) and peer(a, b)

    return decide


PEERS = {
    "exact URL": exact_url,
    "word Jaccard 0.8": jaccard,
    "word Jaccard 0.8, same employer and title": same_title(jaccard),
    "datasketch MinHash-LSH 0.8": minhash_lsh,
    "datasketch, same employer and title": same_title(minhash_lsh),
    "SimHash, 3 of 64 bits": simhash,
}


def main():
    for path in [argument for argument in sys.argv[1:3]]:
        labels = [json.loads(line) for line in open(path)]
        print(f"{path}: {len(labels)} pairs, {sum(label['same'] for label in labels)} the same")
        for name, peer in PEERS.items():
            found = [peer(label["a"], label["b"]) for label in labels]
            right = sum(hit and label["same"] for hit, label in zip(found, labels))
            wrong = sum(hit and not label["same"] for hit, label in zip(found, labels))
            same = sum(label["same"] for label in labels)
            precision = right / (right + wrong) if right + wrong else float("nan")
            print(
                f"  {name:42} precision {precision:.3f} recall {right / same:.3f} "
                f"destructive {wrong / (len(labels) - same):.3f}"
            )
        if len(sys.argv) > 3:
            subprocess.run([sys.argv[3], "eval", "same-role", path], check=True)


if __name__ == "__main__":
    main()
