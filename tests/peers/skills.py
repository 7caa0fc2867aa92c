"""Speed of finding phrases: Waypost beside flashtext, spaCy's PhraseMatcher and pyahocorasick, on the same phrases and texts.

    python skills.py BENCH_PROGRAM DATA [ROUNDS]

BENCH_PROGRAM is the bench `skills` of pipeline-rules, DATA the folder of shared data. The phrases are the names of the project's
dictionary, of ESCO's digital skills and of a gazetteer; phrases and texts are brought to lower-case letters, digits and single
spaces, where "whole words, the longest first" means the same to all. Before anything is timed, what each finds must be what a plain
walk over the words finds, place by place. Then rounds alternate between the programs. At last flashtext reads the labelled postings
with all names of the project's dictionary, counted as `waypost eval skills` counts.
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

import ahocorasick
import flashtext
import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

HERE = pathlib.Path(__file__).parent
MOST_PHRASES = 18_000
MOST_BYTES = 4_000_000
LONGEST = 12


def plain(text):
    return " ".join(re.findall("[a-z0-9]+", text.lower()))


def phrases(data):
    found = []
    for table in ("skills.tsv", "technologies.tsv"):
        for line in (HERE / "../../data-samples/reference" / table).read_text().splitlines():
            if not line.startswith("#"):
                name, *rest = line.split("\t")
                found.extend([name, *(alias.lstrip("=~") for alias in (rest or [""])[0].split(","))])
    for skill in json.loads((data / "reference/esco/esco_digital_skills_877.json").read_text()):
        found.extend([skill["label"], *skill["altLabel"]])
    found.extend(json.loads((data / "reference/skill_gazetteer_30957.json").read_text()))
    unique = dict.fromkeys(plain(phrase) for phrase in found)
    return [phrase for phrase in unique if phrase and phrase.count(" ") < LONGEST][:MOST_PHRASES]


def texts(data):
    found = []
    for path in sorted((data / "corpora/ashby_boards").glob("*.json")):
        found.extend(job.get("descriptionPlain") or "" for job in json.loads(path.read_text())["jobs"])
    random.Random(1).shuffle(found)
    out, size = [], 0
    for text in map(plain, found):
        if text and size < MOST_BYTES:
            out.append(text)
            size += len(text)
    return out


def dictionary():
    """Names to skills, and skills to broader ones."""
    names, broader = {}, {}
    for table in ("technologies.tsv", "skills.tsv"):
        for line in (HERE / "../../data-samples/reference" / table).read_text().splitlines():
            if not line.startswith("#"):
                skill, aliases, *rest = (line + "\t" * 6).split("\t")[:7]
                broader[skill] = rest[-1]
                for name in [skill, *aliases.split(",")]:
                    if name:
                        names[name.lstrip("=~")] = skill
    return names, broader


def quality(data):
    """Precision, recall and F1 of flashtext on the labelled postings."""
    names, broader = dictionary()
    processor = flashtext.KeywordProcessor()
    for name, skill in names.items():
        processor.add_keyword(name, skill)
    folded = {name.lower(): skill for name, skill in names.items()}
    labels = [json.loads(line) for line in (data / "labels/skills_eval/skills_eval.jsonl").read_text().splitlines()]
    expected = [{folded.get(name.lower(), name) for name in label["expected"]} for label in labels]
    vocabulary = set().union(*expected)
    right = found_all = asked = 0
    for label, true in zip(labels, expected):
        found = set()
        for skill in processor.extract_keywords(label["title"] + "\n" + label["text"]):
            while skill and skill not in vocabulary:
                skill = broader.get(skill)
            found |= {skill} if skill else set()
        right, found_all, asked = right + len(found & true), found_all + len(found), asked + len(true)
    return right / found_all, right / asked, 2 * right / (found_all + asked)


def walk(text, phrases):
    """The plain way: at each word the longest phrase, then on after it."""
    words = text.split(" ")
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word) + 1
    out, n = [], 0
    while n < len(words):
        for length in range(min(LONGEST, len(words) - n), 0, -1):
            phrase = " ".join(words[n : n + length])
            if phrase in phrases:
                out.append((starts[n], starts[n] + len(phrase)))
                n += length
                break
        else:
            n += 1
    return out


def first_and_longest(spans):
    """Of overlapping spans those that begin first, of these the longest."""
    out, free = [], 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= free:
            out.append((start, end))
            free = end
    return out


class Flashtext:
    def __init__(self, phrases):
        self.processor = flashtext.KeywordProcessor()
        for phrase in phrases:
            self.processor.add_keyword(phrase)

    def run(self, text):
        return self.processor.extract_keywords(text, span_info=True)

    def spans(self, text):
        return [(start, end) for _, start, end in self.run(text)]


class SpacyMatcher:
    def __init__(self, phrases):
        self.vocab = spacy.blank("en").vocab
        self.matcher = PhraseMatcher(self.vocab, attr="ORTH")
        self.matcher.add("PHRASE", [Doc(self.vocab, phrase.split(" ")) for phrase in phrases])

    def run(self, text):
        return self.matcher(Doc(self.vocab, text.split(" ")))

    def spans(self, text):
        doc = Doc(self.vocab, text.split(" "))
        return first_and_longest((doc[start:end].start_char, doc[start:end].end_char) for _, start, end in self.matcher(doc))


class AhoCorasick:
    """Spaces on both sides make whole words of substrings."""

    def __init__(self, phrases):
        self.automaton = ahocorasick.Automaton()
        for phrase in phrases:
            self.automaton.add_word(f" {phrase} ", len(phrase))
        self.automaton.make_automaton()

    def run(self, text):
        return list(self.automaton.iter(f" {text} "))

    def spans(self, text):
        return first_and_longest((end - length - 1, end - 1) for end, length in self.run(text))


PEERS = {"flashtext": Flashtext, "spaCy PhraseMatcher": SpacyMatcher, "pyahocorasick": AhoCorasick}


def main():
    program, data = sys.argv[1], pathlib.Path(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    every, sample = phrases(data), texts(data)
    known = set(every)
    megabytes = sum(map(len, sample)) / 1e6
    peers = {name: peer(every) for name, peer in PEERS.items()}
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        (scratch / "phrases.txt").write_text("\n".join(every) + "\n")
        (scratch / "texts.ndjson").write_text("".join(json.dumps(text) + "\n" for text in sample))
        arguments = [program, "--bench", scratch / "phrases.txt", scratch / "texts.ndjson"]
        subprocess.run([*arguments, scratch / "found.ndjson"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
        ours = [json.loads(line) for line in (scratch / "found.ndjson").read_text().splitlines()]
        total = 0
        for text, found in zip(sample, ours, strict=True):
            true = walk(text, known)
            total += len(true)
            assert [(start, end) for start, end, _ in found] == true, text
            assert all(text[start:end] == every[phrase] for start, end, phrase in found), text
            for name, peer in peers.items():
                assert peer.spans(text) == true, (name, text)
        print(f"{len(every)} phrases, {len(sample)} texts, {megabytes:.1f} MB, {total} places found, the same by all")
        own = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert own.stdout.readline() == "ready\n"

        def waypost(what):
            own.stdin.write(what + "\n")
            own.stdin.flush()
            return float(own.stdout.readline())

        times = {name: [] for name in ["waypost", "waypost find", "waypost facts", *peers]}
        for round_ in range(rounds + 1):
            for name in times:
                if name.startswith("waypost"):
                    # Short runs are measured several times, and the mean is one round.
                    spent = statistics.mean(waypost(name.removeprefix("waypost").strip() or "phrases") for _ in range(5))
                else:
                    began = time.process_time()
                    for text in sample:
                        peers[name].run(text)
                    spent = time.process_time() - began
                if round_ > 0:
                    times[name].append(spent)
        own.stdin.close()
        own.wait()
        print("flashtext on the labels, all names of the dictionary: precision {:.2f}, recall {:.2f}, F1 {:.2f}".format(*quality(data)))
        for name, spent in times.items():
            ratios = [peer / mine for peer, mine in zip(spent, times["waypost"])]
            print(f"{name:20} median {megabytes / statistics.median(spent):8.1f} MB per CPU second, worst {megabytes / max(spent):8.1f}; "
                  f"waypost is {statistics.median(ratios):6.1f} times as fast (worst round {min(ratios):6.1f})")


if __name__ == "__main__":
    main()
