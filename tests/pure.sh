#!/bin/sh
# The core does no I/O: it is `no_std`, forbids unsafe code and depends on `thiserror` alone (and
# `serde`, if asked to). And the arrows between the packages point where ARCHITECTURE.md draws them.
set -eu
cd "$(dirname "$0")/.."
fail() { echo "pure: $1" >&2; exit 1; }

grep -qx '#!\[no_std\]' core/src/lib.rs || fail "core/src/lib.rs is not no_std"
grep -qx '#!\[forbid(unsafe_code)\]' core/src/lib.rs || fail "core/src/lib.rs does not forbid unsafe code"
! grep -rnE 'extern crate std|std::' core/src || fail "the core names std"

# Direct dependencies of a package, one a line.
dependencies() { cargo tree --quiet --package "$1" --edges "$2" --depth 1 --prefix none --all-features --format '{p}' | tail -n +2 | cut -d' ' -f1 | sort -u | tr '\n' ' '; }
check() { found=$(dependencies "$1" "$2"); [ "$found" = "$3" ] || fail "$1 ($2) depends on: $found, expected: $3"; }

check rm-core normal "serde thiserror "
[ "$(cargo tree --quiet --package rm-core --edges normal --depth 1 --prefix none --format '{p}' | tail -n +2 | cut -d' ' -f1)" = thiserror ] \
  || fail "rm-core without features depends on more than thiserror"
ours() { dependencies "$1" normal | tr ' ' '\n' | grep -E '^(rm-|rmsim)' | tr '\n' ' ' || true; }
points() { found=$(ours "$1"); [ "$found" = "$2" ] || fail "$1 points at: $found, expected: $2"; }
points rm-core ""
points rm-sim "rm-core "
points rm-check "rm-core rm-sim "
points rm-library ""
points rmsim "rm-check rm-core rm-library rm-sim "
points rm-tests "rm-check rm-core rm-sim "
points rm-capi "rm-core rm-sim "
echo "pure: the core does no I/O, and every arrow points where it should"
