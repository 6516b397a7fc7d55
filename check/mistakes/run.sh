#!/bin/sh
# Plants each mistake of this folder in a copy of the core, explores the world that the patch names, and
# demands that the property it names breaks, by a way of just as many steps as it says: no longer than needed.
# `check/mistakes/run.sh NAME…` tries only these. The copy and its build are kept in target/mistakes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
copy=${MISTAKES:-$root/target/mistakes}
mkdir -p "$copy"
said() { sed -n "s/^$2: *//p" "$1"; }
failed=0
[ $# -gt 0 ] || set -- $(cd "$here" && ls ./*.patch | sed 's,^\./,,; s,\.patch$,,')
for name; do
  patch=$here/$name.patch
  (cd "$root" && find -L Cargo.toml Cargo.lock core sim check cli capi library tests fixtures -type f \
    \( -name '*.rs' -o -name '*.toml' -o -name '*.txt' -o -name '*.lock' \)) |
    while read -r file; do
      cmp -s "$root/$file" "$copy/$file" && continue
      mkdir -p "$copy/$(dirname "$file")"
      cp "$root/$file" "$copy/$file"
    done
  (cd "$copy" && patch -s -p1 < "$patch" && CARGO_TARGET_DIR="$copy/target" cargo build --quiet -p rmsim)
  # shellcheck disable=SC2046
  found=$(cd "$copy" && "$copy/target/debug/rmsim" explore "$(said "$patch" world)" $(said "$patch" options) \
    --property "$(said "$patch" breaks)" --threads 1 --no-reduce | sed -n 's/^The shortest way to it takes \([0-9]*\) steps:/\1/p')
  if [ "$found" = "$(said "$patch" steps)" ]; then
    echo "found      $name: $(said "$patch" breaks) breaks after $found steps"
  else
    failed=1
    echo "not so     $name: $(said "$patch" breaks) breaks after ${found:-no} steps, expected: $(said "$patch" steps)"
  fi
done
exit $failed
