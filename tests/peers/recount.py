"""Imports real postings with waypost and recounts what it wrote with other engines: DuckDB, Polars, Python's deltalake.

Usage: recount.py WAYPOST SHARED
  WAYPOST  the built program
  SHARED   the folder that holds data/corpora and data/payloads

Exits 1 and says which claim does not hold. Nothing is skipped: a missing folder or file is a failure.
"""

import glob
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import deltalake
import duckdb
import polars

WAYPOST, SHARED = sys.argv[1], sys.argv[2]
CHECKS = 0


def check(claim, holds, told=""):
    global CHECKS
    CHECKS += 1
    if not holds:
        print(f"FAILED: {claim} {told}")
        sys.exit(1)
    print(f"ok: {claim}")


def waypost(home, *arguments, codes=(0,)):
    done = subprocess.run([WAYPOST, "--data-dir", home, "--quiet", *arguments], capture_output=True, text=True)
    if done.returncode not in codes:
        print(f"FAILED: waypost {' '.join(arguments[:4])} ended with {done.returncode}\n{done.stderr[-2000:]}")
        sys.exit(1)
    return done.stdout


def files(pattern):
    found = sorted(glob.glob(os.path.join(SHARED, "data", pattern)))
    if not found:
        print(f"FAILED: {pattern} is not under {SHARED}/data")
        sys.exit(1)
    return found


def table(home, name):
    return deltalake.DeltaTable(os.path.join(home, "lake", name))


def rows_per_source(home, name):
    paths = table(home, name).file_uris()
    if not paths:
        return {}
    connection = duckdb.connect()
    query = "SELECT source, count(*) FROM read_parquet(?, hive_partitioning = true) GROUP BY source"
    return dict(connection.execute(query, [paths]).fetchall())


def tree(home):
    return sorted(
        os.path.join(folder, name)
        for folder, _, names in os.walk(os.path.join(home, "lake"))
        for name in names
        if "_delta_log" not in folder
    )


ASHBY = files("corpora/ashby_boards/*.json")
HN = files("corpora/hn_whoishiring/*.json")

with tempfile.TemporaryDirectory() as home:
    began = time.time()
    ashby = json.loads(waypost(home, "import", "--source", "ashby", "--json", *ASHBY, codes=(0, 5)))
    news = json.loads(waypost(home, "import", "--source", "hackernews", "--json", *HN, codes=(0, 5)))
    print(f"imported in {time.time() - began:.0f} s")

    # What the run says, another engine counts again.
    kept, rejected = rows_per_source(home, "observations"), rows_per_source(home, "quarantine")
    for report, source in ((ashby, "ashby"), (news, "hackernews")):
        told = {entry["source"]: entry for entry in report["sources"]}[source]
        check(f"{source}: rows read are kept or rejected",
              told["rows_read"] == told["rows_written"] + told["rows_quarantined"], told)
        check(f"{source}: DuckDB counts the rows kept that the run told", kept.get(source, 0) == told["rows_written"],
              (kept, told))
        check(f"{source}: DuckDB counts the rows rejected that the run told",
              rejected.get(source, 0) == told["rows_quarantined"], (rejected, told))
    records = sum(len(json.load(open(file))["jobs"]) for file in ASHBY)
    told = {entry["source"]: entry for entry in ashby["sources"]}["ashby"]
    check("ashby: every record of every file was read", told["rows_read"] == records, (told["rows_read"], records))
    check("most comments of Who is hiring are kept as postings", kept["hackernews"] > 1000, kept)

    # The tables open as they are.
    for name in ("fetches", "observations", "postings", "roles", "market_salary", "market_skills", "market_trend", "runs"):
        by_delta = table(home, name).to_pyarrow_table().num_rows
        by_polars = polars.scan_delta(os.path.join(home, "lake", name)).select(polars.len()).collect().item()
        check(f"{name}: deltalake and Polars read the same number of rows", by_delta == by_polars, (by_delta, by_polars))
    hashes = json.loads(waypost(home, "lake", "hash", "--json"))["tables"]
    postings = table(home, "postings").to_pyarrow_table()
    check("postings: the program counts what deltalake counts", hashes["postings"]["rows"] == postings.num_rows)
    keys = set(zip(postings["posting_id"].to_pylist(), postings["version"].to_pylist()))
    check("postings: each version stands once", len(keys) == postings.num_rows)
    for row in postings.select(["text", "pay_quote", "pay_start", "pay_end"]).to_pylist():
        if row["pay_start"] is not None:
            quote = row["text"].encode()[row["pay_start"]:row["pay_end"]].decode()
            if quote != row["pay_quote"]:
                check("a pay quote stands where it is said to stand", False, (quote, row["pay_quote"]))
    check("every pay quote stands where it is said to stand", True)

    # Same inputs, same bytes.
    before = tree(home)
    waypost(home, "import", "--source", "ashby", "--json", *ASHBY, codes=(0, 5))
    days = [row["partition"].split("/")[1] for row in
            json.loads(waypost(home, "lake", "show", "fetches", "--json"))["items"]]
    waypost(home, "backfill", "--from", min(days), "--to", max(days), "--json", codes=(0, 5))
    check("a second import and a backfill leave every content hash", hashes == json.loads(
        waypost(home, "lake", "hash", "--json"))["tables"])
    check("a second import and a backfill add no data files", before == tree(home))

    # Killed in the middle, then started again.
    with tempfile.TemporaryDirectory() as other:
        for wait in (0.5, 1.5, 3.0, 6.0):
            process = subprocess.Popen(
                [WAYPOST, "--data-dir", other, "--quiet", "import", "--source", "ashby", *ASHBY],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
            process.wait()
        waypost(other, "import", "--source", "ashby", "--json", *ASHBY, codes=(0, 5))
        waypost(other, "import", "--source", "hackernews", "--json", *HN, codes=(0, 5))
        again = json.loads(waypost(other, "lake", "hash", "--json"))["tables"]
        check("an import killed four times ends like the calm one", again == hashes,
              {name: (hashes[name], again[name]) for name in hashes if hashes[name] != again[name]})

# Payloads of every source, good and broken, never stop each other.
PAYLOADS = {
    "greenhouse": ["recorded_lubobali/greenhouse_jobs.json", "recorded_careerkit/greenhouse.json"],
    "lever": ["recorded_lubobali/lever_postings.json", "recorded_careerkit/lever.json"],
    "ashby": ["recorded_lubobali/ashby_jobs.json", "recorded_careerkit/ashby.json"],
    "smartrecruiters": ["recorded_careerkit/smartrecruiters.json"],
    "workable": ["recorded_careerkit/workable.json"],
    "recruitee": ["recorded_careerkit/recruitee.json"],
    "personio": ["recorded_careerkit/personio.xml"],
    "workday": ["recorded_lubobali/workday_search.json", "recorded_lubobali/workday_job_detail.json"],
    "remotive": ["recorded_lubobali/remotive_jobs.json"],
    "adzuna": ["recorded_lubobali/adzuna_search.json"],
    "usajobs": ["recorded_lubobali/usajobs_jobs.json", "usajobs/usajobs_response.json"],
    "jobposting": ["jsonld/detail-*.html"],
}
with tempfile.TemporaryDirectory() as home:
    for source, names in PAYLOADS.items():
        found = [file for name in names for file in files(f"payloads/{name}")]
        report = json.loads(waypost(home, "import", "--source", source, "--json", *found, codes=(0, 5)))
        told = {entry["source"]: entry for entry in report["sources"]}[source]
        check(f"{source}: real payloads give postings", told["rows_written"] > 0, told)
        check(f"{source}: nothing is lost", told["rows_read"] == told["rows_written"] + told["rows_quarantined"], told)

print(f"{CHECKS} passed, 0 failed")
