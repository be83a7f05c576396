#!/bin/sh
# The repository stays small, and holds nothing that is made from it.
set -eu
cd "$(dirname "$0")/.."

git ls-files -z | xargs -0 stat -c '%s %n' | awk '
    { total += $1 }
    $1 > 2 * 1024 * 1024 { print "over 2 MB: " substr($0, index($0, " ") + 1); bad = 1 }
    END {
        printf "%d files tracked, %.1f MB\n", NR, total / 1024 / 1024
        if (total > 25 * 1024 * 1024) { print "over 25 MB in all"; bad = 1 }
        exit bad
    }'

made=$(git ls-files | grep -E '^(out|\.brochure)/|(^|/)(\.venv|\.[a-z]+_cache|\.hypothesis|__pycache__|target)/|(^|/)uv\.lock$|\.pyc$' || true)
if [ -n "$made" ]; then
    printf 'tracked, but made by a program:\n%s\n' "$made"
    exit 1
fi
