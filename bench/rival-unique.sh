#!/usr/bin/env bash
# What a script does with a file of numbers: each number once, sorted.
# rival-unique.sh FILE [COLUMN]     COLUMN, counted from 1, makes it a CSV file; this trusts that no cell holds a comma.
set -euo pipefail
export LC_ALL=C
if [[ $# -eq 1 ]]; then
  sort -u "$1" | wc -l
else
  tail -n +2 "$1" | cut -d, -f"$2" | sort -u | wc -l
fi
