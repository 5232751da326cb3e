#!/usr/bin/env bash
# Plans as a simple script does: reads one page after the other until an empty one, then runs sort and comm.
# rival.sh LIST_URL DESIRED.txt          The token is in BENCH_TOKEN.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: > "$work/live"
page=0
while true; do
  numbers=$(curl -sS --fail -H "Authorization: Bearer $BENCH_TOKEN" "$1?page=$page" | jq -r '.numbers[]')
  if [[ -z $numbers ]]; then break; fi
  printf '%s\n' "$numbers" >> "$work/live"
  page=$((page + 1))
done
sort -u "$work/live" > "$work/live.sorted"
sort -u "$2" > "$work/desired.sorted"
comm -23 "$work/desired.sorted" "$work/live.sorted" > "$work/add"
comm -13 "$work/desired.sorted" "$work/live.sorted" > "$work/remove"
echo "$(wc -l < "$work/add") $(wc -l < "$work/remove")"
