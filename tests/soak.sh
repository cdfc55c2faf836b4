#!/usr/bin/env bash
# The long suites: Python 3.13 in a Debian 13 chroot (root), a long kill test, the street by day,
# night and rain, and the benchmarks. Hours on a small machine; each part can be named alone.
#   usage: tests/soak.sh [PYTHON] [trixie|chaos|street|bench]…
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-.venv/bin/python}
shift || true
parts=("$@")
((${#parts[@]})) || parts=(trixie chaos street bench)
tree=$PWD

trixie() {
  if ((EUID)); then
    echo "soak: trixie needs root (debootstrap, chroot): left out" >&2
    return 1
  fi
  command -v debootstrap >/dev/null || apt-get install --yes --quiet=2 debootstrap
  local root=${SERENO_CHROOT:-/var/tmp/sereno-trixie}
  if [[ ! -e $root/.made ]]; then
    debootstrap --variant=minbase --include=python3,python3-venv,make,git,ca-certificates trixie "$root"
    touch "$root/.made"
  fi
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  # The registries' certificates and settings of this machine, where it has its own.
  [[ -d /usr/local/share/ca-certificates ]] \
    && cp -r /usr/local/share/ca-certificates "$root/usr/local/share/" && chroot "$root" update-ca-certificates >/dev/null
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  rm -rf "$root/sereno" && git clone --quiet --no-hardlinks "$tree" "$root/sereno"
  if [[ -d ${SERENO_DATA:-../shared/data} ]]; then
    rm -rf "$root/data" && cp -r "${SERENO_DATA:-../shared/data}" "$root/data"
  fi
  mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
  mountpoint -q "$root/dev" || mount --bind /dev "$root/dev"
  local status=0
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    SERENO_DATA=/data PIP_DEFAULT_TIMEOUT=180 \
    make -C /sereno test || status=$?
  umount "$root/dev" "$root/proc"
  return "$status"
}

chaos() { SERENO_CHAOS_RECORDS=50000 "$python" -m pytest -m chaos tests/chaos; }

street() { "$python" -m tests.benchmarks.street --passages 1000 --json build/benchmarks/street-1000.json; }

bench() { tests/benchmarks/all.sh "$python" build/benchmarks docs/benchmarks.md; }

failed=()
for part in "${parts[@]}"; do
  echo "== soak: $part"
  "$part" || failed+=("$part")
done
if ((${#failed[@]})); then
  echo "soak: failed: ${failed[*]}" >&2
  exit 1
fi
