#!/bin/sh
# Turn SQL files into rows of an X-macro list.
#   embed-sql.sh statements FILE…   X(NAME_IN_CAPITALS, "name", "text")       from db/sql/name.sql
#   embed-sql.sh schema FILE…       X(number, "name", "text")                 from db/schema/number_name.sql
set -eu
kind=$1
shift
echo "/* generated from the .sql files; do not edit */"
for file in "$@"; do
	base=$(basename "$file" .sql)
	case $kind in
	statements) printf 'X(%s, "%s",\n' "$(printf %s "$base" | tr 'a-z-' 'A-Z_')" "$base" ;;
	schema)     printf 'X(%s, "%s",\n' "$(printf %s "${base%%_*}" | sed 's/^0*\(.\)/\1/')" "${base#*_}" ;;
	esac
	# backslash and quote escaped, each line a literal of its own; trigraphs cannot occur in gnu11
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/	/\\t/g' -e 's/^/"/' -e 's/$/\\n"/' "$file"
	echo ")"
done
