#!/bin/sh
# The tests of the boundary under AddressSanitizer: those in Rust with the library instrumented, then the
# clients in C instrumented themselves, with its undefined-behavior companion, against the library as it is.
set -eu
cd "$(dirname "$0")/.."
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=address" cargo test --quiet --test capi --target "$host" \
  --target-dir ../target/asan -- boundary panics random shim
CLIENT_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=all" cargo test --quiet --test capi -- clients
