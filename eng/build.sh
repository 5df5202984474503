#!/usr/bin/env bash
# Builds a project or the solution in Release, quietly; says what is wrong only when something is. The analyzers have a command of
# their own: ./eng/analyse.sh. What follows the project goes to dotnet build.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
# The compiler lives for a minute: instrumenting its code, and more threads that collect its memory, take longer than they save.
export DOTNET_TieredPGO=0 DOTNET_gcServer=0 DOTNET_gcConcurrent=0

if ! command -v dotnet >/dev/null; then
  echo "The .NET 10 SDK is missing: dotnet is not on the PATH." >&2
  exit 69
fi

# One compiler for all projects, warm after the first. It is this build's own and ends with it.
compiler="postern-$$-build"
end_compiler() {
  local file
  for file in $(grep -ls "[p]ipename:$compiler" /proc/[0-9]*/cmdline); do
    kill "${file//[!0-9]/}" || true
  done
}
trap end_compiler EXIT

mkdir -p artifacts
log="artifacts/build.log"
if ! dotnet build "$1" -c Release -v q --nologo -p:RunAnalyzers=false -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler" "${@:2}" >"$log" 2>&1; then
  grep -E 'error|warning' "$log" | sort -u | head -40 >&2 || tail -40 "$log" >&2
  exit 1
fi
