#!/bin/sh
# Fuzzes the C boundary for so many seconds, under AddressSanitizer. The unstable flags are allowed by
# RUSTC_BOOTSTRAP, so that the toolchain that builds everything else will do.
#
#   run.sh [SECONDS [ARGUMENT OF libFuzzer …]]
set -eu
cd "$(dirname "$0")"
seconds=${1:-60}
[ $# -eq 0 ] || shift
host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTC_BOOTSTRAP=1
export RUSTFLAGS="-Zsanitizer=address -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing"
target=../../target/fuzz
cargo build --quiet --release --target "$host" --target-dir "$target"
mkdir -p "$target/corpus" "$target/found"
status=0
ASAN_OPTIONS=detect_leaks=0 "$target/$host/release/boundary" "$target/corpus" -max_total_time="$seconds" \
  -artifact_prefix="$target/found/" -max_len=1500 -len_control=10 -timeout=20 -print_final_stats=1 "$@" \
  > "$target/log" 2>&1 || status=$?
# What the boundary logs of refusals is of no interest here.
grep -vE '^rstrtmgr: |NEW |REDUCE|RELOAD|pulse' "$target/log" | grep -v '# Uses' | tail -25
exit "$status"
