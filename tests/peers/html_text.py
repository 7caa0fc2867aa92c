"""Speed of HTML to text: Waypost beside BeautifulSoup, lxml and selectolax, on the same pages.

    python html_text.py BENCH_PROGRAM FOLDER [ROUNDS]

BENCH_PROGRAM is the bench `html` of pipeline-rules. FOLDER is searched for real pages and for JSON answers whose
values are HTML. First the words of every page must be the same for all (spaces, bullets and line breaks aside), or the
page is named and left out of the timing, up to 1 % of the pages; then rounds alternate between the programs.
"""

import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import lxml.html
from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser

SKIPPED = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "template"]


def strings(value):
    if isinstance(value, str):
        if "<" in value and re.search(r"</(p|div|li|ul|strong|h\d|span)>", value):
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)


def pages(folder):
    found = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.suffix in (".html", ".htm"):
            found.append(path.read_text(errors="replace"))
        elif path.suffix == ".json":
            try:
                found.extend(strings(json.loads(path.read_text())))
            except (ValueError, UnicodeDecodeError):
                pass
    # Only whole pages of UTF-8, each once, in a fixed order.
    return list(dict.fromkeys(page for page in found if "\x00" not in page))


def bs4_text(page):
    soup = BeautifulSoup(page, "html.parser")
    for tag in soup(SKIPPED):
        tag.decompose()
    return soup.get_text(" ")


def lxml_text(page):
    root = lxml.html.document_fromstring("<div>" + page + "</div>")
    for tag in list(root.iter(*SKIPPED)):
        tag.drop_tree()
    return " ".join(root.itertext())


def selectolax_text(page):
    tree = LexborHTMLParser(page)
    tree.strip_tags(SKIPPED)
    root = tree.body or tree.root
    return root.text(separator=" ") if root else ""


# Characters that clean text leaves out or takes for spaces.
HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\u061c\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\U000e0000-\U000e007f]")


def letters(text):
    """The visible characters of a text: where lines and spaces fall is each program's own choice."""
    return re.sub(r"[\s-]+", "", HIDDEN.sub("", text))


PEERS = {"beautifulsoup4": bs4_text, "lxml": lxml_text, "selectolax": selectolax_text}


def main():
    program, folder = sys.argv[1], sys.argv[2]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    every = pages(folder)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        source, texts = scratch / "pages.ndjson", scratch / "texts.ndjson"

        def write(list_of_pages):
            source.write_text("".join(json.dumps(page, ensure_ascii=False) + "\n" for page in list_of_pages))

        write(every)
        subprocess.run([program, "--bench", source, texts], stdin=subprocess.DEVNULL, check=True, stdout=subprocess.DEVNULL)
        ours = [json.loads(line) for line in texts.read_text().split("\n") if line]
        assert len(ours) == len(every)
        same, differing = [], {name: 0 for name in PEERS}
        for page, text in zip(every, ours):
            odd = [name for name, peer in PEERS.items() if letters(peer(page)) != letters(text)]
            for name in odd:
                differing[name] += 1
            # selectolax parses as browsers do; the others repair broken pages each in its own way.
            if "selectolax" not in odd and len(odd) == 0:
                same.append(page)
            elif "selectolax" in odd:
                a, b = letters(selectolax_text(page)), letters(text)
                at = next((n for n, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
                print(f"differs from selectolax: …{a[max(0, at - 40):at + 40]!r} | ours …{b[max(0, at - 40):at + 40]!r}")
        megabytes = sum(len(page.encode()) for page in same) / 1e6
        print(f"{len(every)} pages, {len(same)} with equal text for all ({megabytes:.1f} MB); differing: {differing}")
        if len(same) < 0.9 * len(every):
            sys.exit("too many pages differ")
        write(same)
        ours = subprocess.Popen([program, "--bench", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert ours.stdout.readline() == "ready\n"
        times = {name: [] for name in ["waypost", *PEERS]}
        for round_ in range(rounds + 1):
            for name in times:
                if name == "waypost":
                    ours.stdin.write("\n")
                    ours.stdin.flush()
                    spent = float(ours.stdout.readline())
                else:
                    began = time.process_time()
                    for page in same:
                        PEERS[name](page)
                    spent = time.process_time() - began
                if round_ > 0:
                    times[name].append(spent)
        ours.stdin.close()
        ours.wait()
        base = statistics.median(times["waypost"])
        for name, spent in times.items():
            median, worst = statistics.median(spent), max(spent)
            ratios = [peer / own for peer, own in zip(spent, times["waypost"])]
            print(
                f"{name:15} median {megabytes / median:8.1f} MB per CPU second, worst {megabytes / worst:8.1f}; "
                f"waypost is {median / base:6.1f} times as fast (worst round {min(ratios):6.1f})"
            )


if __name__ == "__main__":
    main()
