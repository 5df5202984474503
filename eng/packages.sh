#!/usr/bin/env bash
# Installs the distribution's packages named on the command line that are still missing. Of first|second the first is taken
# that the distribution has, and either of them will do when it is there already.
# Servers must not start on installation: each test and each data folder runs its own (policy-rc.d denies the start).
set -euo pipefail

is_there() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }
is_known() { apt-cache show "$1" >/dev/null 2>&1; }

missing=()
for wanted in "$@"; do
  first=${wanted%%|*} second=${wanted##*|}
  is_there "$first" || is_there "$second" && continue
  [ "$first" = "$second" ] || is_known "$first" || [ "$(id -u)" -ne 0 ] || apt-get update -qq >&2 || true
  if is_known "$first"; then missing+=("$first"); else missing+=("$second"); fi
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "These packages are missing: ${missing[*]}" >&2
  echo "Install them with: sudo DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${missing[*]}" >&2
  exit 69
fi

echo "Installing ${missing[*]} ..." >&2
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
# No cluster of the distribution's own: Postern brings its own up in its data folder.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
  mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
fi
export DEBIAN_FRONTEND=noninteractive
for attempt in 1 2 3; do
  if { [ "$attempt" -eq 1 ] || apt-get update -qq >&2; } \
    && apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}" >/dev/null 2>/tmp/postern-apt.$$; then
    rm -f /tmp/postern-apt.$$
    exit 0
  fi
done
cat /tmp/postern-apt.$$ >&2
echo "The packages could not be installed: ${missing[*]}" >&2
exit 69
