"""Takes ESCO's skills apart into data-samples/reference/esco_skills.tsv.gz: id, preferred label, other labels by `|`, description,
mentions in postings.

Usage: esco_skills.py SHARED PREFERRED.txt OUT.tsv.gz

SHARED/reference/esco/skills.csv.gz has the labels and the description of each skill run together; PREFERRED.txt are preferred labels of ESCO 1.1, one a line
(skills_en_label.txt of jensjorisdecorte/Skill-Extraction-benchmark); esco_digital_skills_877.json
has 877 skills with labels apart. Where an other label ends is
not in the source: it is decided by the words that begin and end labels and by the pairs of words that stand inside them.
"""
import collections
import csv
import gzip
import io
import json
import math
import pathlib
import re
import sys

LONGEST = 12


def main():
    shared, preferred, out = pathlib.Path(sys.argv[1]), *sys.argv[2:]
    skills, digital = shared / "reference/esco/skills.csv.gz", shared / "reference/esco/esco_digital_skills_877.json"
    rows = [
        (row["id"].rsplit("/", 1)[1], " ".join(row["description"].split()))
        for row in csv.DictReader(gzip.open(skills, "rt", encoding="utf-8"))
    ]
    known = {" ".join(line.split()) for line in open(preferred, encoding="utf-8")} - {""}
    apart = {item["uri"].rsplit("/", 1)[1]: " ".join(item["label"].split()) for item in json.load(open(digital))}
    statistics = Statistics(known)
    heads = [head(text, known, apart.get(id)) for id, text in rows]
    for (id, text), label in zip(rows, heads):
        statistics.learn(label)
    mentions = Mentions(shared)
    lines = []
    for (id, text), label in zip(rows, heads):
        names, description = halves(text[len(label) :])
        parts = statistics.split(label.split() + names, label)
        label = label or parts[0]
        others = list(dict.fromkeys(part for part in parts if part.lower() != label.lower()))
        lines.append("\t".join([id, label, "|".join(others), description[:400], str(mentions.of(label, others))]))
    data = "\n".join(sorted(lines)) + "\n"
    with open(out, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(data.encode())


def head(text, known, apart):
    """The preferred label at the beginning of a skill's text, when it is known."""
    if apart and text.lower().startswith(apart.lower()):
        return text[: len(apart)]
    ends = [at.start() for at in re.finditer(" |$", text)]
    found = [text[:end] for end in ends[:20] if text[:end] in known]
    return max(found, key=len) if found else ""


def halves(text):
    """Names and description: it begins with the first capital after which more small words than capitals follow up to a stop."""
    words = text.split()
    for at, word in enumerate(words):
        if word[0].isupper() and not word.isupper() and not re.search(r"\w[A-Z]", word):
            rest = words[at + 1 : at + 6]
            capitals = sum(other[0].isupper() for other in rest)
            if capitals <= 1 and len(words) - at > 4 and re.search(r"[.;:,]", " ".join(words[at + 1 :])):
                tail = words[at + 1 :]
                # A name with a capital ("Adobe Photoshop techniques use Adobe …") comes again soon; a sentence does not.
                if word.lower() not in {other.lower() for other in tail[:5]} or len(tail) < 12:
                    return words[:at], " ".join(words[at:])
    return words, ""


class Mentions:
    """How often labels stand in the Ashby boards and the Hacker News threads."""

    def __init__(self, shared):
        self.counts = collections.Counter()
        for file in sorted((shared / "corpora/ashby_boards").glob("*.json")):
            for job in json.load(open(file))["jobs"]:
                self.count(job.get("descriptionPlain") or "")
        for file in sorted((shared / "corpora/hn_whoishiring").glob("*.json")):
            for comment in json.load(open(file))["comments"]:
                self.count(comment.get("text") or "")

    def count(self, text):
        words = self.words(text)
        for length in range(1, 5):
            self.counts.update(zip(*(words[at:] for at in range(length))))

    @staticmethod
    def words(text):
        return [re.sub("(?<=[a-z]{3})s$", "", word) for word in re.findall(r"[a-z0-9][a-z0-9+#]*", text.lower())]

    def of(self, label, others):
        """Mentions of the preferred label, what stands in brackets left out, and of other labels of several words."""
        names = {tuple(self.words(re.sub(r"\(.*?\)", "", label)))}
        names |= {tuple(self.words(other)) for other in others if " " in other}
        return sum(self.counts[name] for name in names if name)


class Statistics:
    def __init__(self, labels):
        self.first, self.last = collections.Counter(), collections.Counter()
        self.pairs, self.words = collections.Counter(), collections.Counter()
        self.all = 0
        for label in labels:
            self.learn(label)

    def learn(self, label):
        words = label.lower().split()
        if not words:
            return
        self.first[words[0]] += 1
        self.last[words[-1]] += 1
        self.pairs.update(zip(words, words[1:]))
        self.words.update(words)
        self.all += 1

    def split(self, words, label):
        """The names in a run of words. The first is the label when it is known."""
        low = [word.lower() for word in words]
        begin = len(label.split())
        own = label.lower().split()
        starts = collections.Counter(self.first)
        # The names of one skill often begin and end as its label does.
        bigrams = collections.Counter(zip(low, low[1:]))
        begins = {own[0], own[0].rstrip("e") + "ing"} if own else set()
        n = len(low)
        best, back = [-math.inf] * (n + 1), [0] * (n + 1)
        best[begin] = 0
        for end in range(begin + 1, n + 1):
            for start in range(max(begin, end - LONGEST), end):
                if best[start] == -math.inf:
                    continue
                score = best[start] + self.name(low, start, end, starts, bigrams, begins, own)
                if score > best[end]:
                    best[end], back[end] = score, start
        cuts, at = [], n
        while at > begin:
            cuts.append((back[at], at))
            at = back[at]
        names = [" ".join(words[start:end]).strip(" ;") for start, end in reversed(cuts)]
        return ([label] if label else []) + [name for name in names if name]

    def name(self, low, start, end, starts, bigrams, begins, own):
        first, last = low[start], low[end - 1]
        base = first[:-3] if first.endswith("ing") else first
        begun = self.first[first] + 0.5 * (self.first[base] + self.first[base + "e"])
        score = math.log((begun + 0.3) / (self.words[first] + 3)) + math.log((self.last[last] + 0.3) / (self.words[last] + 3))
        if first in begins:
            score += 1
        if own and last.rstrip("s") == own[-1].rstrip("s"):
            score += 1
        if last in ("of", "the", "and", "in", "for", "to", "a", "with", "on", "or"):
            score -= 8
        if first in ("of", "and", "in", "for", "to", "with", "on", "or"):
            score -= 8
        for pair in zip(low[start : end - 1], low[start + 1 : end]):
            inside = self.pairs[pair] + 0.3 * (bigrams[pair] - 1)
            score += 0.6 if inside > 0.2 else -1.2
            if pair[0] == pair[1]:
                score -= 5
        return score - 0.4 * abs(end - start - max(2, len(own)))


if __name__ == "__main__":
    main()
