#!/usr/bin/env bash
# fuzz.sh TIME PATTERN runs every fuzz target whose name matches PATTERN, in every
# module and package, for TIME each, and fails at the end if one of them failed.
set -euo pipefail

fuzztime=$1
pattern=$2
go=${GO:-go}
cd "$(dirname "$0")/.."

failed=()
count=0
for module in . bench; do
	list=$(cd "$module" && "$go" test -list '^Fuzz' ./...)
	while read -r package target; do
		[[ $target =~ $pattern ]] || continue
		count=$((count + 1))
		echo "== $package $target"
		# Minimizing an input that is merely new can take a minute: bound it.
		(cd "$module" && "$go" test -run '^$' -fuzz "^$target\$" -fuzztime "$fuzztime" -fuzzminimizetime 100x "$package") ||
			failed+=("$package $target")
	done < <(awk '/^Fuzz/ {names[n++] = $1} /^ok/ {for (i = 0; i < n; i++) print $2, names[i]; n = 0}' <<<"$list")
done

echo "$count fuzz targets, ${#failed[@]} failed"
if ((${#failed[@]} > 0)); then
	printf '  %s\n' "${failed[@]}"
	exit 1
fi
if ((count == 0)); then
	echo "no fuzz target matches $pattern" >&2
	exit 1
fi
