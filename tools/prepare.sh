# Sourced by tools/run and tools/test: installs what is missing, configures and builds. Says nothing where nothing is to
# be done; what it does goes to a log, which is shown when it fails. Needs bash, coreutils and dpkg only.

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
build="$root/build/release"
log="$root/build/log.txt"

# Exit code 70 is that of a fault of modelc itself, 3 that of a machine that cannot do it (no network, no rights).
stop() {
  echo "modelc: $2" >&2
  exit "$1"
}

# Runs a step with its output in the log.
quietly() {
  local what=$1 code=$2
  shift 2
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 60 "$log" >&2
    stop "$code" "$what failed; the whole output is in $log"
  fi
}

# Packages named in tools/packages.txt that are not installed; those of a kind count where the kind is an argument.
missing_packages() {
  local wanted installed
  wanted=$(sed 's/#.*//' "$root/tools/packages.txt" | while read -r name kind; do
    [[ -n $name && ($kind == "" || " $* " == *" $kind "*) ]] && echo "$name"
  done)
  installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^ii *//p')
  comm -23 <(sort -u <<<"$wanted") <(sort -u <<<"$installed")
}

install_packages() {
  # On another system the packages are the user's matter, and cmake says what it does not find.
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || return 0
  local missing as_root=()
  missing=$(missing_packages "$@")
  [[ -z $missing ]] && return 0
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null || stop 3 "missing packages, and no sudo to install them with: $(echo $missing)"
    as_root=(sudo)
  fi
  echo "modelc: installing $(echo $missing)" >&2
  local quiet=(env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a apt-get -y -q -o DPkg::Lock::Timeout=300)
  quietly "apt-get update" 3 "${as_root[@]}" "${quiet[@]}" update
  quietly "apt-get install" 3 "${as_root[@]}" "${quiet[@]}" install --no-install-recommends $missing
}

# As many compilers at once as there are processors, and memory: one that includes LibTorch takes up to 1.5 GB.
parallel_jobs() {
  local processors memory
  processors=$(nproc)
  memory=$(awk '/^MemAvailable:/ {print int($2 / 1500000)}' /proc/meminfo 2>/dev/null)
  [[ -n $memory && $memory -lt $processors ]] && processors=$memory
  echo $((processors > 1 ? processors : 1))
}

# Builds the named targets of the release preset.
build_targets() {
  # A folder that was moved or copied from elsewhere holds the old place in its cache.
  if [[ -f $build/CMakeCache.txt ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$build/CMakeCache.txt"; then
    rm -rf "$build"
  fi
  if [[ ! -f $build/build.ninja ]]; then
    echo "modelc: configuring" >&2
    (cd "$root" && quietly "configuring" 70 cmake --preset release) || exit
  fi
  if ninja -C "$build" -n "$@" 2>/dev/null | grep -q "ninja: no work to do"; then
    return 0
  fi
  echo "modelc: building (this takes minutes the first time)" >&2
  quietly "building" 70 ninja -C "$build" -j "$(parallel_jobs)" "$@"
}

# One at a time, so that two calls do not build in the same folder.
prepare() {
  mkdir -p "$root/build" || stop 3 "cannot write to $root/build"
  exec 9>"$root/build/.lock"
  flock 9
  install_packages "$1"
  shift
  build_targets "$@"
  exec 9>&-
}
