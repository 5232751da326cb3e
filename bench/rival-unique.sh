#!/usr/bin/env bash
# Prints each number of a file once, sorted, as a script does.
# rival-unique.sh FILE [COLUMN]     With COLUMN, counted from 1, it is a CSV file without commas in cells.
set -euo pipefail
export LC_ALL=C
if [[ $# -eq 1 ]]; then
  sort -u "$1" | wc -l
else
  tail -n +2 "$1" | cut -d, -f"$2" | sort -u | wc -l
fi
