"""Measures JobSpy's salary reader on the labels of pay, by the verdicts of `waypost eval salary`.

Usage: pay.py SHARED [OUT]
  SHARED  the folder that holds data/labels and data/corpora
  OUT     where the labels of comments are written with their words, for `waypost eval salary OUT`

Needs `pip install --no-deps -r requirements_pay.txt`: of python-jobspy only the text of one function is used, taken from the installed
file, so that its scrapers and their dependencies stay out.
"""

import ast
import enum
import html
import importlib.util
import json
import os
import re
import sys
import time

SHARED = sys.argv[1]
HERE = os.path.dirname(os.path.abspath(__file__))
TOLERANCE = 0.005


class CompensationInterval(enum.Enum):
    YEARLY, MONTHLY, HOURLY = "yearly", "monthly", "hourly"


def reader():
    """`extract_salary` of the installed python-jobspy."""
    folder = importlib.util.find_spec("jobspy").submodule_search_locations[0]
    source = open(os.path.join(folder, "util.py"), encoding="utf-8").read()
    wanted = {"extract_salary", "salary_range"}
    found = [
        node
        for node in ast.parse(source).body
        if getattr(node, "name", None) in wanted
        or isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) in wanted
    ]
    names = {"re": re, "CompensationInterval": CompensationInterval}
    exec(compile(ast.Module(found, []), "util.py", "exec"), names)
    return names["extract_salary"]


def plain(markup):
    text = re.sub(r"<[^>]+>", "", re.sub(r"<p>", "\n\n", markup))
    return html.unescape(text)


def judge(read, golds):
    """Exact, wrong or missed; a reading without amounts is none."""
    interval, low, high, currency = read
    if low is None and high is None:
        return "exact" if all(gold.get("min") is None and gold.get("max") is None for gold in golds) else "missed"
    period = {"yearly": "year", "monthly": "month", "hourly": "hour"}[interval]
    for gold in golds:
        stated = (gold.get("interval") or gold.get("period") or "").lower().removeprefix("1 ")
        equal = all(
            wanted is not None and abs(amount - wanted) <= wanted * TOLERANCE
            for amount, wanted in ((low, gold.get("min")), (high, gold.get("max")))
        )
        if equal and period == stated and currency == gold.get("currency"):
            return "exact"
    return "wrong"


def ashby():
    for line in open(os.path.join(SHARED, "data/labels/salary/ashby_pairs_dev.jsonl"), encoding="utf-8"):
        label = json.loads(line)
        yield label["text_tier"], label["gold"]


def comments(half):
    files = {}
    for line in open(os.path.join(HERE, "../labels/hn_pay.jsonl"), encoding="utf-8"):
        label = json.loads(line)
        if label["split"] != half:
            continue
        name = label["file"]
        if name not in files:
            whole = json.load(open(os.path.join(SHARED, "data/corpora/hn_whoishiring", name), encoding="utf-8"))
            files[name] = {comment["id"]: comment["text"] for comment in whole["comments"] if comment.get("text")}
        yield files[name][label["comment"]], label


def main():
    extract = reader()
    sets = {
        "ashby": list(ashby()),
        "comments, dev": [(plain(words), [label]) for words, label in comments("dev")],
        "comments, test": [(plain(words), [label]) for words, label in comments("test")],
    }
    for name, labels in sets.items():
        begun = time.process_time()
        reads = [extract(words) for words, _ in labels]
        seconds = time.process_time() - begun
        verdicts = [judge(read, golds) for read, (_, golds) in zip(reads, labels)]
        shares = {verdict: round(verdicts.count(verdict) / len(verdicts), 4) for verdict in ("exact", "wrong", "missed")}
        print(json.dumps({"set": name, "n": len(verdicts), **shares, "cpu_s": round(seconds, 4)}))
    if len(sys.argv) > 2:
        with open(sys.argv[2], "w", encoding="utf-8") as out:
            for half in ("dev", "test"):
                for words, label in comments(half):
                    out.write(json.dumps({**label, "comment": words}) + "\n")


main()
