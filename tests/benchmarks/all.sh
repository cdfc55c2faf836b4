#!/usr/bin/env bash
# Runs every benchmark, one after the other: a table each on the screen, JSON in the folder given,
# and all tables with the machine and the date on the page given.
#   usage: tests/benchmarks/all.sh [PYTHON] [FOLDER] [PAGE]
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${1:-.venv/bin/python}
folder=${2:-build/benchmarks}
page=${3:-$folder/benchmarks.md}
mkdir -p "$folder"
export OMP_NUM_THREADS=1 COLUMNS=110
failed=()
for script in tests/benchmarks/*.py; do
  name=$(basename "$script" .py)
  [[ $name == __init__ ]] && continue
  echo "== $name"
  "$python" -m "tests.benchmarks.$name" --json "$folder/$name.json" | tee "$folder/$name.txt" \
    || failed+=("$name")
done

{
  echo "# Benchmarks"
  echo
  echo "Written by \`make bench\` on $(date --utc +%F) at commit $(git rev-parse --short HEAD), on"
  echo "$(grep --max-count=1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs || uname -m), $(nproc --all) cores,"
  echo "$(uname -sm), $("$python" --version). Not a Raspberry Pi: the ratios carry over better than the times."
  for text in "$folder"/*.txt; do
    name=$(basename "$text" .txt)
    echo
    echo "## $name"
    echo
    # The first line of each script says what it measures.
    sed -n '1s/"""//gp' "tests/benchmarks/$name.py"
    echo
    echo '```'
    sed 's/[[:space:]]*$//' "$text" | grep -v ' ━━━' | cat --squeeze-blank
    echo '```'
  done
} > "$page"

if ((${#failed[@]})); then
  echo "benchmarks that failed: ${failed[*]}" >&2
  exit 1
fi
