#!/bin/sh
# Tries mutants of the core for so many minutes (60), and goes on where it stopped the last time.
#
# First each mutant is held against the core's own tests and every scenario with its transcript: most of them with one
# build of all (at_once.py), the others by cargo-mutants. What that lets pass is held against the judge without its random
# cases, what `--why` says, the conformance suite with its zoo, and the walks through small worlds. What was found is kept
# in target/mutants: caught.txt, missed.txt, unviable.txt.
# Needs cargo-mutants and Python 3.
set -eu
cd "$(dirname "$0")/../.."
command -v cargo-mutants >/dev/null || { echo "mutants: first: cargo install --locked cargo-mutants" >&2; exit 2; }
minutes=${1:-60}
kept=target/mutants
mkdir -p "$kept"
end=$(($(date +%s) + 60 * minutes))
touch "$kept/caught.txt" "$kept/missed.txt" "$kept/unviable.txt"
export INSTA_UPDATE=no INSTA_OUTPUT=none INSTA_GLOB_FAIL_FAST=1 RUST_BACKTRACE=0
# A mutant can loop for ever, and take all the memory there is.
ulimit -v 12000000

# Adds to the second list what is in the first, and not yet there.
keep() { cat "$1" "$kept/$2" | sort -u > "$kept/new" && mv "$kept/new" "$kept/$2"; }
# Takes from the first list what is in the second.
drop() { sort -u "$2" | comm -23 "$kept/$1" - > "$kept/new" && mv "$kept/new" "$kept/$1"; }
# A list as one regular expression of cargo-mutants.
names() { sed 's/[][\.*^$+?(){}|\\]/\\&/g' "$1" | paste -sd '|' -; }
# The seconds that are left.
left() { echo $((end - $(date +%s))); }
# Tries mutants until the time is over; what was found is kept.
try() {
  [ "$(left)" -gt 60 ] || return 0
  out=$1/mutants.out
  timeout --signal=INT --kill-after=60s "$(left)s" cargo mutants --iterate --shuffle --baseline skip --colors never \
    --build-timeout 600 -o "$@" || [ $? -le 124 ]
  cat "$out/caught.txt" "$out/timeout.txt" > "$kept/now" && keep "$kept/now" caught.txt
  keep "$out/unviable.txt" unviable.txt
  keep "$out/missed.txt" missed.txt
  drop missed.txt "$kept/caught.txt"
}

mkdir -p "$kept/first/mutants.out" "$kept/second"
python3 check/mutants/at_once.py "$minutes"
for list in caught unviable; do sort -u "$kept/$list.txt" > "$kept/first/mutants.out/$list.txt"; done
# One that loops for ever is stopped by the processor's time, as the clock tells nothing on a busy machine.
(ulimit -t 60; try "$kept/first" --timeout 600)
if [ -s "$kept/missed.txt" ]; then
  try "$kept/second" --no-config -p rm-core --profile mutants --test-package rm-tests --test-package rmsim \
    -C --test -C judge -C --test -C why -C --test -C conform -C --test -C walk -C --test -C worlds --timeout 600 \
    --re "$(names "$kept/missed.txt")" -- -- --skip random --skip orders:: --skip learned:: --skip heard:: --skip an_altered
fi

count() { wc -l < "$kept/$1.txt"; }
all=$(cargo mutants --list | wc -l)
tried=$(($(count caught) + $(count missed)))
echo "of $all mutants $((tried + $(count unviable))) were tried, $(count unviable) do not compile, $(count caught) of $tried are caught"
[ "$tried" -eq 0 ] || echo "$((1000 * $(count caught) / tried)) of 1000; those that are not are in $kept/missed.txt"
