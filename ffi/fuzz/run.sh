#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs fuzz targets for FUZZ_SECONDS each: run.sh DIRECTORY TARGET...
# An input that breaks one stays in DIRECTORY as TARGET-crash-... or the like.
dir=$1
shift
passed=0
failed=0
for target; do
	mkdir -p "$dir/$target.corpus"
	if "$dir/$target" -max_total_time="${FUZZ_SECONDS:-20}" -max_len=8192 -timeout=10 \
		-rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$dir/$target-" \
		"$dir/$target.corpus" "fuzz/corpus/$target" >"$dir/$target.log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/$target.log")
		echo "ok    $target: ${runs:-no} inputs"
		passed=$((passed + 1))
	else
		tail -n 60 "$dir/$target.log"
		echo "FAIL  $target: $(sed -n 's/.*Test unit written to //p' "$dir/$target.log")"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
