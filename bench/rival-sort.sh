#!/usr/bin/env bash
# What a script does with two lists of numbers as bare text: sort each, compare them.
# rival-sort.sh DESIRED.txt LIVE.txt     LIVE.txt ending in .sorted is sorted already.
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
