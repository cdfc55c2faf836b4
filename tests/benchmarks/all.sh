#!/usr/bin/env bash
# Runs every benchmark, one after the other: a table each on the screen, JSON in the folder given.
#   usage: tests/benchmarks/all.sh [PYTHON] [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${1:-.venv/bin/python}
folder=${2:-build/benchmarks}
mkdir -p "$folder"
export OMP_NUM_THREADS=1
failed=()
for script in tests/benchmarks/*.py; do
  name=$(basename "$script" .py)
  [[ $name == __init__ ]] && continue
  echo "== $name"
  "$python" -m "tests.benchmarks.$name" --json "$folder/$name.json" || failed+=("$name")
done
if ((${#failed[@]})); then
  echo "benchmarks that failed: ${failed[*]}" >&2
  exit 1
fi
