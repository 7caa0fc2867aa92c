"""Speed of JSON lines to Parquet: Waypost beside Polars, from the same lines to the same columns.

    python jsonl.py BENCH_PROGRAM [MEGABYTES] [ROUNDS]

BENCH_PROGRAM is the bench `jsonl` of pipeline-lake. Made-up postings with nested pay, lists of places and long texts are
written to a temporary folder. First both programs' files are read back and must hold the same rows; then rounds alternate.
Each is charged the processor time of all its threads; both compress with zstd, Waypost at level 3, Polars at its own level
and at 3.
"""

import json
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import tempfile

import polars
import pyarrow.dataset

WORDS = """team work build customers systems Python SQL deliver with our the and you will plan safety quality support design
operate maintain report improve weekly patients students machines Kubernetes AWS invoices Excel drive process manage learn
experience years degree flexible remote benefits insurance pension office growth people care größe santé \u65e5\u672c""".split()
PLACES = ["Berlin", "Austin, TX", "Paris", "London", "Toronto", "Zürich", "New York", "Bengaluru"]
TITLES = ["Software Engineer", "Nurse", "Welder", "Accountant", "Data Engineer", "Line Cook", "Product Manager"]
SCHEMA = {
    "id": polars.String,
    "title": polars.String,
    "company": polars.String,
    "places": polars.List(polars.String),
    "pay": polars.Struct({"min": polars.Int64, "max": polars.Int64, "currency": polars.String, "period": polars.String}),
    "posted_at": polars.String,
    "remote": polars.Boolean,
    "applicants": polars.Int64,
    "description": polars.String,
    "url": polars.String,
}


def posting(number, rng):
    pay = rng.randrange(40, 150)
    return {
        "id": f"job-{number}",
        "title": rng.choice(["Senior ", "", "Junior "]) + rng.choice(TITLES),
        "company": f"Employer {int(rng.paretovariate(0.6)) % 5000}",
        "places": rng.sample(PLACES, rng.randrange(1, 4)),
        "pay": {"min": pay * 1000, "max": pay * 1300, "currency": rng.choice(["USD", "EUR"]), "period": "year"},
        "posted_at": f"2026-{rng.randrange(1, 11):02}-{rng.randrange(1, 29):02}T08:30:00Z",
        "remote": rng.choice([True, False, None]),
        "applicants": rng.choice([None, rng.randrange(500)]),
        "description": ".\n".join(" ".join(rng.choices(WORDS, k=rng.randrange(6, 24))) for _ in range(rng.randrange(8, 40))),
        "url": f"https://jobs.example.org/{number}",
    }


def write(path, megabytes):
    rng, size, number = random.Random(1), 0, 0
    with open(path, "w") as out:
        while size < megabytes * 1_000_000:
            line = json.dumps(posting(number, rng), ensure_ascii=False, separators=(",", ":"))
            out.write(line + "\n")
            size += len(line.encode()) + 1
            number += 1
    return size, number


POLARS = """
import sys, resource, polars
from polars import *
schema = eval(sys.argv[3])
def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
print("ready", flush=True)
for line in sys.stdin:
    level = int(line) if line.strip() else None
    began = used()
    frame = polars.scan_ndjson(sys.argv[1], schema=schema, low_memory=False)
    frame = frame.with_columns(
        polars.col("posted_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC"))
    frame.sink_parquet(sys.argv[2], compression="zstd", compression_level=level)
    print(used() - began, flush=True)
"""


class Program:
    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline().strip() == "ready"

    def round(self, argument=""):
        self.process.stdin.write(argument + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline().split()[0])


def same(ours, theirs):
    ours = pyarrow.dataset.dataset(ours, format="parquet").to_table().to_pylist()
    theirs = polars.read_parquet(theirs).to_dicts()
    assert len(ours) == len(theirs), (len(ours), len(theirs))
    for mine, other in zip(sorted(ours, key=lambda row: row["id"]), sorted(theirs, key=lambda row: row["id"])):
        assert {**mine, "pay": json.loads(mine["pay"])} == other, (mine, other)
    return len(ours)


def main():
    program, megabytes, rounds = sys.argv[1], int((sys.argv[2:] + ["300"])[0]), int((sys.argv[3:] + ["7"])[0])
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        lines, lake, parquet = folder / "lines.ndjson", folder / "lake", folder / "polars.parquet"
        size, rows = write(lines, megabytes)
        schema = repr({name: kind for name, kind in SCHEMA.items()})
        ours = Program(program, str(lines), str(lake))
        theirs = Program(sys.executable, "-c", POLARS, str(lines), str(parquet), schema)
        ours.round(), theirs.round()
        files = [str(path) for path in (lake / "saved").glob("*.parquet")]
        print(f"{size / 1e6:.0f} MB, {rows} lines; the same {same(files, parquet)} rows by both")
        sizes = {"Waypost": sum(pathlib.Path(path).stat().st_size for path in files)}
        sizes["Polars"] = parquet.stat().st_size
        times = {"Waypost": [], "Polars": [], "Polars, level 3": []}
        for _ in range(rounds):
            times["Waypost"].append(ours.round())
            times["Polars"].append(theirs.round())
            times["Polars, level 3"].append(theirs.round("3"))
        sizes["Polars, level 3"] = parquet.stat().st_size
        for name, spent in times.items():
            speeds = sorted(size / 1e6 / one for one in spent)
            print(f"{name}: {statistics.median(speeds):.0f} MB per CPU second, worst {speeds[0]:.0f}; {sizes[name] / 1e6:.0f} MB")
        for name in list(times)[1:]:
            ratios = sorted(other / mine for mine, other in zip(times["Waypost"], times[name]))
            print(f"Waypost against {name}: {statistics.median(ratios):.2f} times, worst {ratios[0]:.2f}")


if __name__ == "__main__":
    main()
