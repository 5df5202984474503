# What ./run and ./postern share; sourced, with $home set to the folder they lie in.

# The private cluster needs PostgreSQL's programs; a database of one's own does not.
need_postgres() {
  [ -z "${POSTERN_DATABASE:-}" ] || return 0
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || "$home/eng/packages.sh" postgresql || exit $?
}

# build NAME PROJECT: brings a program up to date; quick when no source is newer than the last build.
build() {
  local program=$home/artifacts/bin/$1/release/Postern.$1 stamp=$home/artifacts/.built-$1 began
  mkdir -p "$home/artifacts"
  exec 9>"$home/artifacts/.build.lock"
  flock 9
  if [ ! -x "$program" ] || [ ! -e "$stamp" ] || [ -n "$(newer_than "$stamp" "$(dirname "$2")")" ]; then
    began=$(mktemp "$home/artifacts/.began.XXXXXX")
    # The lock stays here: a build server that outlives the build must not hold it.
    "$home/eng/build.sh" "$2" 9>&- || { rm -f "$began"; exit 1; }
    mv -f "$began" "$stamp"
  fi
  exec 9>&-
}

newer_than() {
  local folders=("$home/src")
  [ "$2" = src/Web ] || folders=("$home/$2")
  # wwwroot/_framework is made by the build itself.
  find "${folders[@]}" "$home/global.json" "$home"/Directory.* "$home/.editorconfig" "$home/BannedSymbols.txt" \
    -name _framework -prune -o ! \( -type d -name wwwroot \) -newer "$1" -print -quit
}

# start VERB …: becomes the program, so that the process id is its own. Without --data it is the folder data beside ./run.
start() {
  if [ -z "${DOTNET_ROOT:-}" ] && command -v dotnet >/dev/null; then
    DOTNET_ROOT=$(dirname "$(readlink -f "$(command -v dotnet)")")
    export DOTNET_ROOT
  fi
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 POSTERN_DATA="${POSTERN_DATA:-$home/data}"
  exec "$home/artifacts/bin/Web/release/Postern.Web" "$@"
}
