#!/usr/bin/env bash
# Installs what needs root, for the marked suites: a real broker, a browser, an RTSP server, and
# the second environment with tflite-runtime. Debian 12 and Raspberry Pi OS; safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
  mosquitto                     # the broker that delivery claims rest on
  openssl                       # certificates for the tests of its TLS
  strace                        # which system calls the agent makes, against the unit's filter
  chromium chromium-driver      # the page is tested in Debian's own browser
  gstreamer1.0-rtsp gir1.2-gst-rtsp-server-1.0 python3-gi   # an RTSP server that is not ours
  gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly
)
missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed \
    || missing+=("$package")
done
if ((${#missing[@]})); then
  if ((EUID)); then
    echo "make ci-deps: needs root to install: ${missing[*]}" >&2
    exit 1
  fi
  # A registry that hiccups is asked again, three times in all.
  for try in 1 2 3; do
    apt-get update --quiet=2 \
      && DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends "${missing[@]}" \
      && break
    ((try < 3)) || exit 1
    sleep $((5 * try))
  done
fi
# Debian starts a broker on 1883 where there is systemd; the tests start their own.
command -v systemctl >/dev/null && systemctl disable --now mosquitto >/dev/null 2>&1 || true

# tflite-runtime 2.14 ends at Python 3.11, numpy 1 and OpenCV 4.11: its own environment.
tflite=.venv-tflite
if [[ ! -e $tflite/.installed ]]; then
  python=${PYTHON:-python3}
  "$python" -c 'import sys; sys.exit(sys.version_info[:2] > (3, 11))' || python=python3.11
  if command -v "$python" >/dev/null; then
    "$python" -m venv "$tflite"
    "$tflite/bin/python" -m pip install --quiet --disable-pip-version-check \
      'tflite-runtime == 2.14.0' 'numpy < 2' 'opencv-python-headless < 4.12' 'msgspec >= 0.19'
    touch "$tflite/.installed"
  else
    echo "make ci-deps: no Python 3.11 here, so no tflite-runtime environment" >&2
  fi
fi
