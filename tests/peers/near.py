"""Speed of finding near-duplicates from raw text: Waypost beside datasketch and rensa, on the same texts.

    python near.py BENCH_PROGRAM FOLDER [ROUNDS] [TEXTS]

BENCH_PROGRAM is the bench `near` of pipeline-rules. FOLDER holds the boards of `ashby_boards`, whose descriptions are copied with edits
(words replaced, a frame around, the end cut) until there are TEXTS texts. All shingle by three words in lower case and use 64 numbers in
16 bands of 4. Before anything is timed, the true pairs are found exactly (Jaccard of the shingles of 0.8 and more, among the candidates
of all and the copies of one original); Waypost must find at least as many of them as each peer, and not more false candidates than
twice the peer's. Then rounds alternate. datasketch and rensa sketch a tenth of the texts per round, since they take long; their pairs are
of the whole.
"""

import json
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

from datasketch import MinHash, MinHashLSH
from rensa import RMinHash, RMinHashLSH

WORD = re.compile(r"[^\W_]+")
NUMBERS, BANDS = 64, 16
TRUE = 0.8


def originals(folder):
    found = []
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        for job in json.loads(path.read_text()).get("jobs", []):
            found.append(job.get("descriptionPlain") or "")
    return [text for text in dict.fromkeys(found) if len(WORD.findall(text)) >= 50]


def edited(text, chance):
    words = text.split(" ")
    kind = chance.random()
    share = chance.choice([0.01, 0.02, 0.03, 0.05, 0.1])
    for at in range(len(words)):
        if chance.random() < share:
            words[at] = f"word{chance.randrange(10 ** 9)}"
    text = " ".join(words)
    if kind < 0.2:
        text = "Apply now! This job was found by JobFinder. " + text + " Sign up for e-mail alerts."
    elif kind < 0.3:
        text = text[: int(len(text) * chance.uniform(0.7, 1.0))]
    return text


def corpus(folder, count):
    """Texts of which each group is one original with its copies; most groups are one text, as postings are."""
    chance, base = random.Random(20_261_201), originals(folder)
    texts, groups = [], []
    number = 0
    while len(texts) < count:
        original = base[number % len(base)]
        if number >= len(base):
            # Another employer's text of the same length: its own words throughout.
            names = {}
            original = " ".join(
                names.setdefault(word, f"{word}{number // len(base)}") if chance.random() < 0.5 else word
                for word in original.split(" ")
            )
        copies = chance.choice([0, 0, 0, 1, 2, 4])
        for _ in range(copies + 1):
            texts.append(original if _ == 0 else edited(original, chance))
            groups.append(number)
        number += 1
    return texts[:count], groups[:count]


def words(text):
    return [word.lower() for word in WORD.findall(text)]


def shingles(text):
    found = words(text)
    return {" ".join(found[at:at + 3]) for at in range(len(found) - 2)}


def datasketch_sketch(text):
    sketch = MinHash(num_perm=NUMBERS)
    sketch.update_batch([shingle.encode() for shingle in shingles(text)])
    return sketch


def datasketch_pairs(texts):
    index, pairs = MinHashLSH(num_perm=NUMBERS, params=(BANDS, NUMBERS // BANDS)), set()
    for number, text in enumerate(texts):
        sketch = datasketch_sketch(text)
        pairs.update((other, number) for other in index.query(sketch))
        index.insert(number, sketch)
    return pairs


def rensa_pairs(texts):
    index, pairs = RMinHashLSH(threshold=TRUE, num_perm=NUMBERS, num_bands=BANDS), set()
    for number, text in enumerate(texts):
        sketch = RMinHash(num_perm=NUMBERS, seed=42)
        sketch.update(list(shingles(text)))
        pairs.update((other, number) for other in index.query(sketch) if other != number)
        index.insert(number, sketch)
    return pairs


PEERS = {"datasketch": datasketch_pairs, "rensa": rensa_pairs}


def main():
    program, folder = sys.argv[1], sys.argv[2]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    texts, groups = corpus(folder, int(sys.argv[4]) if len(sys.argv) > 4 else 30_000)
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    print(f"{len(texts)} texts of {len(set(groups))} originals, {megabytes:.1f} MB")
    with tempfile.TemporaryDirectory() as scratch:
        source, pairs = pathlib.Path(scratch) / "texts.ndjson", pathlib.Path(scratch) / "pairs"
        source.write_text("".join(json.dumps(text, ensure_ascii=False) + "\n" for text in texts))
        ours = subprocess.Popen(
            [program, "--bench", source, pairs], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert ours.stdout.readline() == "ready\n"
        found = {"waypost": {tuple(map(int, line.split())) for line in pairs.read_text().splitlines()}}
        for name, peer in PEERS.items():
            found[name] = peer(texts)
        members = {}
        for number, group in enumerate(groups):
            members.setdefault(group, []).append(number)
        looked_at = {(a, b) for group in members.values() for a in group for b in group if a < b}.union(*found.values())
        sets, true = {}, set()
        for a, b in sorted(looked_at):
            left, right = (sets.setdefault(number, shingles(texts[number])) for number in (a, b))
            if len(left & right) >= TRUE * len(left | right) > 0:
                true.add((a, b))
        for name, all_pairs in found.items():
            missed = len(true - all_pairs)
            print(f"{name:12} {len(all_pairs)} candidates, finds {len(true) - missed} of {len(true)} true pairs")
        for name in PEERS:
            if len(true & found["waypost"]) < len(true & found[name]):
                sys.exit(f"waypost finds fewer true pairs than {name}")
            if len(found["waypost"] - true) > 2 * len(found[name] - true):
                sys.exit(f"waypost has more than twice the false candidates of {name}")
        times = {name: [] for name in found}
        for round_ in range(rounds + 1):
            for name in times:
                share = 1 if name == "waypost" else 10
                if name == "waypost":
                    ours.stdin.write("\n")
                    ours.stdin.flush()
                    spent = float(ours.stdout.readline())
                else:
                    part = texts[round_ % share::share]
                    began = time.process_time()
                    PEERS[name](part)
                    spent = (time.process_time() - began) * len(texts) / len(part)
                if round_ > 0:
                    times[name].append(spent)
        ours.stdin.close()
        ours.wait()
    for name, spent in times.items():
        ratios = sorted(peer / own for peer, own in zip(spent, times["waypost"]))
        print(
            f"{name:12} median {len(texts) / statistics.median(spent):9.0f} texts per CPU second, worst "
            f"{len(texts) / max(spent):9.0f}; waypost is {statistics.median(ratios):6.1f} times as fast "
            f"(worst round {ratios[0]:6.1f})"
        )


if __name__ == "__main__":
    main()
