#!/usr/bin/env bash
# tagged.sh TAG prints the packages whose build or tests differ with the build
# tag, themselves or in something they import. The others need no second run.
set -euo pipefail

go=${GO:-go}
tag=$1

files() {
	"$go" list "$@" -f '{{.ImportPath}} {{.GoFiles}} {{.CgoFiles}} {{.TestGoFiles}} {{.XTestGoFiles}}' ./... | sort
}
plain=$(files) # separate commands, so that a failure ends the script
tagged=$(files -tags "$tag")
changed=$(comm -3 <(echo "$plain") <(echo "$tagged") | awk '{print $1}' | sort -u)
[[ -n $changed ]] || exit 0

# With -test there is a line "p [p.test]" for a package as its test sees it, and
# one "p.test" for the test binary, with all that it imports.
"$go" list -tags "$tag" -test -f '{{.ImportPath}}{{range .Deps}} {{.}}{{end}}' ./... |
	awk -v changed="$changed" '
		BEGIN { n = split(changed, c, "\n"); for (i = 1; i <= n; i++) hit[c[i]] = 1 }
		{ p = $1; sub(/[._]test$/, "", p); for (i = 1; i <= NF; i++) if ($i in hit) { print p; next } }' |
	sort -u
