#!/bin/sh
# make-repo.sh DIR N: a git repository of N commits for tig to show, by fast-import; nothing when it is there already.
set -eu
dir=$1 n=$2
[ ! -e "$dir/done" ] || exit 0
rm -rf "$dir"
git init -q -b main "$dir"
awk -v n="$n" 'BEGIN {
	for (i = 1; i <= n; i++) {
		s = "Commit " i ": the lamp in street " (i % 977) " is mended, and the bench beside it painted"
		printf "commit refs/heads/main\nmark :%d\ncommitter Person %d <p%d@example.org> %d +0000\ndata %d\n%s\n", i, i % 50, i % 50, 1600000000 + i * 60, length(s), s
		if (i > 1) printf "from :%d\n", i - 1
	}
}' | git -C "$dir" fast-import --quiet --date-format=raw
touch "$dir/done"
