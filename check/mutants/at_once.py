#!/usr/bin/env python3
"""Tries most mutants of the core with one build, for so many minutes; goes on where it stopped the last time.

cargo-mutants lists them. Each function that has some is written as a choice between its bodies, the environment says
which one is on, and so a mutant costs a run of the tests and not a build. Those that do not compile are found by
asking the compiler until it has nothing more to say. What cannot be written so, and what was missed, is left to
cargo-mutants itself (run.sh).
"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "target/mutants"
TREE = KEPT / "tree"
CORE = "core/src/lib.rs"

CARGO = dict(os.environ, CARGO_TARGET_DIR=str(KEPT / "build"), RUSTFLAGS="--cap-lints allow")
TESTS = ["-p", "rm-core", "-p", "rm-tests", "--no-default-features", "--lib", "--test", "scenarios"]

# What is added to the core: which mutant is on.
CHOICE = """
extern crate std;
static MUTANT: core::sync::atomic::AtomicUsize = core::sync::atomic::AtomicUsize::new(usize::MAX);
#[allow(missing_docs)]
pub fn mutant() -> usize {
    let known = MUTANT.load(core::sync::atomic::Ordering::Relaxed);
    if known != usize::MAX {
        return known;
    }
    let mutant = std::env::var("RM_MUTANT").ok().and_then(|number| number.parse().ok()).unwrap_or(0);
    MUTANT.store(mutant, core::sync::atomic::Ordering::Relaxed);
    mutant
}
"""


def listed():
    """Every mutant by its number, from 1."""
    found = subprocess.run(["cargo", "mutants", "--list", "--json"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return dict(enumerate(json.loads(found.stdout), 1))


def copied(to_write):
    """Copies what git knows of to a tree of its own, without touching what is the same or will be written. What is no
    more goes: the tests take every file of a folder."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    names = files.stdout.split("\0")
    for stale in [path for path in TREE.rglob("*") if path.is_file() and str(path.relative_to(TREE)) not in names]:
        stale.unlink()
    for name in names:
        source, target = ROOT / name, TREE / name
        is_there = target.is_file() and (name in to_write or target.read_bytes() == source.read_bytes())
        if name and source.is_file() and not is_there:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


class Source:
    """A file of the core, with places as cargo-mutants gives them."""

    def __init__(self, name):
        self.text = (ROOT / name).read_text()
        self.lines = [0]
        for line in self.text.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)

    def span(self, span):
        at = lambda place: self.lines[place["line"] - 1] + place["column"] - 1
        return at(span["start"]), at(span["end"])

    def function(self, span, constant):
        """Where `const` stands in a function, if it does, and where its body begins; none if it stays as it is."""
        begin, end = span
        text = self.text[begin:end]
        found = re.search(r"^[ \t]*(?:pub(?:\([^)]*\))? )?(const )?(?:unsafe )?fn (\w+)", text, re.M)
        body = text.find("{\n", found.end()) if found else -1
        if body < 0 or text[-1] != "}" or (found[1] and found[2] in constant):
            return None
        return (begin + found.start(1) if found[1] else None), begin + body


def chosen(name, mutants, without, constant):
    """A file of the core with a choice in each function: the text, and which lines are of which mutant."""
    source, functions, pieces, at = Source(name), {}, [], 0
    for number, mutant in mutants.items():
        if mutant["function"]:
            functions.setdefault(source.span(mutant["function"]["span"]), []).append((number, mutant))
    for span, own in sorted(functions.items()):
        inside = any(other != span and span[0] <= other[0] and other[1] <= span[1] for other in functions)
        where = None if inside or span[0] < at else source.function(span, constant)
        if where is None:
            continue
        const, body = where
        head = source.text[at:body] if const is None else source.text[at:const] + source.text[const + 6 : body]
        pieces += [(head, None), ("{ match crate::mutant() {\n", None)]
        for number, mutant in own:
            begin, end = source.span(mutant["span"])
            if number not in without and body <= begin:
                changed = source.text[body:begin] + mutant["replacement"] + " " + source.text[end : span[1]]
                pieces.append((f"{number} => {changed}\n", number))
        pieces.append((f"_ => {source.text[body : span[1]]}\n}}}}", None))
        at = span[1]
    pieces.append((source.text[at:], None))
    text, lines = "", []
    for piece, number in pieces:
        first = text.count("\n") + 1
        text += piece
        if number:
            lines.append((first, text.count("\n"), number))
    return text, lines


def written(mutants):
    """The files that are written anew."""
    return {CORE} | {mutant["file"] for mutant in mutants.values()}


def write(mutants, without, constant):
    """Writes the core with all choices; tells which lines of which file are of which mutant."""
    lines = {}
    for name in written(mutants):
        own = {number: mutant for number, mutant in mutants.items() if mutant["file"] == name}
        text, lines[name] = chosen(name, own, without, constant)
        text += CHOICE if name == CORE else ""
        target = TREE / name
        if target.read_text() != text:
            target.write_text(text)
    return lines


def complaints(lines, package):
    """What the compiler says of a package: mutants that do not compile, functions that have to be constant."""
    command = ["cargo", "check", "-q", "--tests", "--message-format", "json", *package]
    run = subprocess.run(command, cwd=TREE, env=CARGO, capture_output=True, text=True)
    unviable, constant, others = set(), set(), []
    for line in run.stdout.splitlines():
        message = json.loads(line).get("message") or {}
        if message.get("level") != "error":
            continue
        called = re.search(r"cannot call non-const .*`(?:.*::)?(\w+)(?:::<.*>)?`", message["message"])
        spans = message["spans"] + [span for child in message["children"] for span in child["spans"]]
        hit = {
            number
            for span in spans
            for first, last, number in lines.get(span["file_name"], [])
            if first <= span["line_start"] <= last
        }
        if called:
            constant.add(called[1])
        elif hit:
            unviable |= hit
        elif message["spans"]:
            others.append(message["rendered"])
    if run.returncode and not unviable and not constant:
        sys.exit(f"mutants: the core with all its mutants does not compile:\n{''.join(others[:3]) or run.stderr}")
    return unviable, constant


def settled(mutants, without):
    """Writes the core until it compiles: which mutants are in it, and which do not compile."""
    known = KEPT / "constant.txt"
    constant = set(known.read_text().split()) if known.exists() else set()
    for package in (["-p", "rm-core"], ["-p", "rm-core", "-p", "rm-tests", "--no-default-features"]):
        while True:
            lines = write(mutants, without, constant)
            unviable, more = complaints(lines, package)
            if not unviable and not more:
                break
            without, constant = without | unviable, constant | more
            known.write_text("\n".join(sorted(constant)))
            print(f"mutants: {len(without)} do not compile so far", flush=True)
    return {number for own in lines.values() for _, _, number in own}, without


def built():
    """The tests, each with the folder it runs in."""
    command = ["cargo", "test", "-q", "--no-run", "--message-format", "json", *TESTS]
    run = subprocess.run(command, cwd=TREE, env=CARGO, check=True, stdout=subprocess.PIPE, text=True)
    made = [json.loads(line) for line in run.stdout.splitlines()]
    tests = [one for one in made if one.get("executable") and one["target"]["name"] in ("rm_core", "scenarios")]
    return [(one["executable"], str(Path(one["manifest_path"]).parent)) for one in tests]


def is_noticed(tests, number, seconds):
    """Whether a test fails while this mutant is on, or does not end: that takes so much of the processor's time."""

    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))

    quiet = dict(INSTA_UPDATE="no", INSTA_OUTPUT="none", INSTA_GLOB_FAIL_FAST="1", RUST_MIN_STACK=str(64 << 20))
    for test, folder in tests:
        env = dict(os.environ, **quiet, RM_MUTANT=str(number), CARGO_MANIFEST_DIR=folder)
        run = subprocess.run([test, "-q"], cwd=folder, env=env, capture_output=True, preexec_fn=limit)
        if run.returncode:
            return True
    return False


def still_listed(file, mutants):
    """What was found earlier, without mutants that are no more; the file is left so."""
    names = {mutant["name"] for mutant in mutants.values()}
    found = names & set(file.read_text().splitlines()) if file.exists() else set()
    file.write_text("".join(line + "\n" for line in sorted(found)))
    return found


def main(minutes):
    end, mutants = time.monotonic() + 60 * minutes, listed()
    caught, missed, unviable = (KEPT / f"{what}.txt" for what in ("caught", "missed", "unviable"))
    name = lambda number: mutants[number]["name"]
    copied(written(mutants))
    known = still_listed(unviable, mutants)
    inside, without = settled(mutants, {number for number in mutants if name(number) in known})
    unviable.write_text("".join(name(number) + "\n" for number in sorted(without)))
    tests = built()
    if is_noticed(tests, 0, 600):
        sys.exit("mutants: a test fails although nothing is changed")
    known = still_listed(caught, mutants) | still_listed(missed, mutants)
    todo = [number for number in sorted(inside) if name(number) not in known]
    print(f"mutants: of {len(mutants)} {len(inside)} are in one build, {len(todo)} of them not tried yet", flush=True)

    def attempt(number):
        if time.monotonic() < end:
            with open(caught if is_noticed(tests, number, 20) else missed, "a") as file:
                file.write(name(number) + "\n")

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(attempt, todo))


if __name__ == "__main__":
    main(float(sys.argv[1]))
