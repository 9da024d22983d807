#!/usr/bin/env bash
# The house stands as designed: includes run one way, one file includes curses, SQL is not in C strings, and what is linked
# into a program with a loop cannot block it.
set -u
cd "$(dirname "$0")/../.." || exit 2
bad=0
complain() { echo "$*"; bad=1; }

# room → rooms it may include besides itself
declare -A may=(
	[core/base]=''
	[core/appeal]='core/base'
	[core/machine]='core/base core/appeal'
	[core/feed]='core/base core/appeal'
	[conf]='core/base core/appeal'
	[db]='core/base core/appeal'
	[tui]='core/base core/appeal core/machine core/feed conf db'
	[core/daemon]='core/base core/appeal core/machine core/feed conf db'
	[core/ctl]='core/base core/appeal core/machine core/feed conf db'
)
for room in "${!may[@]}"; do
	for file in "$room"/*.[ch]; do
		[ -e "$file" ] || continue
		while read -r header; do
			target=$(dirname "$header")
			case " $room gen ${may[$room]} " in
			*" $target "*) ;;
			*) complain "$file includes $header: $room may not know $target" ;;
			esac
		done < <(sed -n 's/^# *include *"\([^"]*\)".*/\1/p' "$file")
	done
done

curses=$(grep -lE '#\s*include\s*<(n?curses|ncursesw/.*)\.h>' -r core conf db tui)
[ "$curses" = "tui/screen.c" ] || [ -z "$curses" ] || complain "curses is included by: $curses"

grep -nE '"[^"]*\b(SELECT .* FROM|INSERT INTO|DELETE FROM|UPDATE [a-z_.]+ SET)\b' -r core conf db tui --include='*.c' --include='*.h' &&
	complain "SQL in a C string"

# A loop must not block: none of these is referenced by the console or the daemon (tools may).
forbidden='PQexec|PQexecParams|PQexecPrepared|PQprepare|PQconnectdb|PQconnectdbParams|PQreset|PQping|getaddrinfo|gethostbyname|sleep|usleep|nanosleep|system|popen'
for program in fenbo fenbod; do
	binary=${FENBO_BUILD:-build}/$program
	[ -e "$binary" ] || { complain "$binary is not built"; continue; }
	found=$(nm -D --undefined-only "$binary" | awk '{print $NF}' | sed 's/@.*//' | grep -xE "$forbidden" | tr '\n' ' ')
	[ -z "$found" ] || complain "$program can block: it is linked against $found"
done
exit $bad
