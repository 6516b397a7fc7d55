#!/bin/sh
# Fuzzes the reader of boundary transcripts for so many seconds, under AddressSanitizer, beginning with the
# transcripts of the fixtures. The unstable flags are allowed by RUSTC_BOOTSTRAP, so that the toolchain that
# builds everything else will do.
#
#   run.sh [SECONDS [ARGUMENT OF libFuzzer …]]
set -eu
cd "$(dirname "$0")"
seconds=${1:-60}
[ $# -eq 0 ] || shift
target=../../target/fuzz-transcript
seeds=$target/seeds
mkdir -p "$target/corpus" "$target/found" "$seeds"
find ../../fixtures/transcripts -name '*.seen' -exec cp {} "$seeds" \;
cargo run --quiet --manifest-path ../../Cargo.toml -p rmsim -- run ../../fixtures/clients --boundary "$seeds" > "$target/runs" || :
host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTC_BOOTSTRAP=1
export RUSTFLAGS="-Zsanitizer=address -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing"
cargo build --quiet --release --target "$host" --target-dir "$target"
status=0
ASAN_OPTIONS=detect_leaks=0 "$target/$host/release/transcript" "$target/corpus" "$seeds" -max_total_time="$seconds" \
  -artifact_prefix="$target/found/" -max_len=6000 -timeout=20 -print_final_stats=1 "$@" \
  > "$target/log" 2>&1 || status=$?
grep -vE 'NEW |REDUCE|RELOAD|pulse' "$target/log" | grep -v '# Uses' | tail -25
exit "$status"
