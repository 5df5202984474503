#!/usr/bin/env bash
# What the analyzers say of the whole solution: rules of .editorconfig, banned symbols, the format. Each finding is an error.
# They take as long as the compiler, so ./run and ./test do without them; no change is taken that has not passed here.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
exec ./eng/build.sh Console.sln -p:RunAnalyzers=true --no-incremental
