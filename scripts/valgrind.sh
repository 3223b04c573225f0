#!/bin/sh
# Runs the leak tests of schemas/libxml2 under valgrind: 12,000 validations, or 600
# with SHORT=1 in the environment. Fails if memory of C is lost, or if libxml2 or
# the C code there reads or writes where it must not. What valgrind says about
# memory that Go manages means nothing and is not counted.
set -eu
cd "$(dirname "$0")/../schemas/libxml2"
command -v valgrind >/dev/null || { echo "valgrind is not installed" >&2; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
"${GO:-go}" test -c -tags libxml2 -o "$dir/test" .
short=-test.short=false
[ -z "${SHORT:-}" ] || short=-test.short
status=0
GODEBUG=asyncpreemptoff=1 GOMAXPROCS=1 valgrind --error-limit=no --undef-value-errors=no \
	--leak-check=full --show-leak-kinds=definite --log-file="$dir/log" \
	"$dir/test" -test.v $short -test.timeout 1h -test.run '^(TestLeak|TestHostile|TestGuards)$' || status=$?
if [ $status -ne 0 ]; then
	echo "the tests fail under valgrind" >&2
	exit 1
fi
grep -E '(definitely|indirectly|possibly) lost:|still reachable:' "$dir/log"
if ! grep -q 'definitely lost: 0 bytes' "$dir/log"; then
	grep -A 20 'definitely lost in' "$dir/log" >&2 || true
	exit 1
fi
# an error report is a block of lines, with the place of the access before that of
# the memory; Go reads strings in steps of 32 bytes, beyond their end
if awk '/== (Invalid|Mismatched|Source and destination)/ {block = ""; inside = 1}
	/==  Address / || /== *$/ {if (inside && block ~ /libxml2\.so|engine\.c/) {print block; bad = 1} inside = 0}
	inside {block = block "\n" $0}
	END {exit !bad}' "$dir/log" >&2; then
	exit 1
fi
echo "no leak and no bad access in C"
