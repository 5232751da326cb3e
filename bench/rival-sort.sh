#!/usr/bin/env bash
# Sorts two lists of numbers in plain text and compares them, as a script does.
# rival-sort.sh DESIRED.txt LIVE.txt     A LIVE.txt that ends in .sorted is already sorted.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sort -u "$1" > "$work/desired"
live=$2
if [[ $live != *.sorted ]]; then
  sort -u "$live" > "$work/live"
  live=$work/live
fi
comm -3 "$work/desired" "$live" > "$work/changes"
wc -l < "$work/changes"
