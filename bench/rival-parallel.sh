#!/usr/bin/env bash
# Plans as the fastest script does: the number of pages is known, and curl reads several at once.
# rival-parallel.sh LIST_URL DESIRED.txt LAST_PAGE CONCURRENCY          The token is in BENCH_TOKEN.
set -euo pipefail
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
curl -sS --fail --parallel --parallel-max "$4" -H "Authorization: Bearer $BENCH_TOKEN" \
  "$1?page=[0-$3]" -o "$work/#1.json"
cat "$work"/*.json | jq -r '.numbers[]' | sort -u > "$work/live.sorted"
sort -u "$2" > "$work/desired.sorted"
comm -23 "$work/desired.sorted" "$work/live.sorted" > "$work/add"
comm -13 "$work/desired.sorted" "$work/live.sorted" > "$work/remove"
echo "$(wc -l < "$work/add") $(wc -l < "$work/remove")"
