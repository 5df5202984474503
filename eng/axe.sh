#!/usr/bin/env bash
# Brings axe-core, which the browser tests look at every page with, in the version of tests/Browser.Tests/package-lock.json.
# Quick when it is there already.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
names=tests/Browser.Tests
place=artifacts/axe

is_there() { [ -s "$place/node_modules/axe-core/axe.min.js" ] && cmp -s "$names/package-lock.json" "$place/package-lock.json"; }

is_there && exit 0
command -v npm >/dev/null || ./eng/packages.sh npm
mkdir -p "$place"
exec 9>"$place/.lock"
flock 9
is_there && exit 0
rm -rf "$place/node_modules"
cp "$names/package.json" "$names/package-lock.json" "$place/"
if ! npm ci --prefix "$place" --ignore-scripts --no-audit --no-fund --loglevel=error >"$place/npm.log" 2>&1; then
  cat "$place/npm.log" >&2
  rm -f "$place/package-lock.json"
  echo "axe-core could not be installed: npm did not bring it." >&2
  exit 69
fi
