#!/usr/bin/env bash
# make install into a directory of its own: programs, manuals, policy, Chinese and completion are there and work; uninstall leaves
# nothing behind.
set -u
cd "$(dirname "$0")/../.." || exit 2
: "${FENBO_BUILD:=$PWD/build}"
top=$PWD
dir=$(mktemp -d "${TMPDIR:-/tmp}/fenbo-install.XXXXXX")
trap 'rm -rf "$dir"' EXIT
fail() { echo "FAILED: $*"; exit 1; }
make=(make "BUILD=$FENBO_BUILD" "DESTDIR=$dir" PREFIX=/opt/fenbo)
before=$(git status --porcelain 2>/dev/null)
touch "$dir/kept"
"${make[@]}" install >"$dir.log" 2>&1 || fail "install: $(tail -n 5 "$dir.log")"
rm -f "$dir.log"
in=$dir/opt/fenbo

for program in fenbo fenbod fenboctl; do
	[ -x "$in/bin/$program" ] || fail "$program is not installed"
	(cd / && env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "$in/bin/$program" --help >"$dir/out" 2>&1) || fail "$program --help: $(cat "$dir/out")"
	grep -qi "usage" "$dir/out" || fail "$program --help says: $(cat "$dir/out")"
	(cd / && env -i PATH=/usr/bin:/bin "$in/bin/$program" --version | grep -q '^fenbo.* [0-9]') || fail "$program --version"
done
for program in fenbo fenbod; do
	"$in/bin/$program" -n --config "$in/share/fenbo/fenbo.ini" >"$dir/out" 2>&1 || fail "$program -n: $(cat "$dir/out")"
	printf '[console]\nno_such = 1\n' >"$dir/bad.ini"
	"$in/bin/$program" -n --config "$dir/bad.ini" >"$dir/out" 2>&1 && fail "$program -n takes a bad configuration"
	grep -q 'no_such' "$dir/out" || fail "$program -n does not name the key: $(cat "$dir/out")"
done
rm -f "$dir/out" "$dir/bad.ini"
env -u FENBO_DATABASE_URL "$in/bin/fenboctl" route check "$in/share/fenbo" >/dev/null || fail "the installed policy"
for page in fenbo.1 fenboctl.1 fenbod.8 fenbo.ini.5 fenbo-routing.5; do
	[ -s "$in/share/man/man${page##*.}/$page" ] || fail "no manual $page"
done
[ -s "$in/share/locale/zh_CN/LC_MESSAGES/fenbo.mo" ] || fail "no Chinese"
bash -n "$in/share/bash-completion/completions/fenboctl" || fail "the completion is no bash"

# Without a server the installed console speaks Chinese about it, found beside the program and not in the build.
if command -v script >/dev/null; then
	(cd / && HOME=$dir FENBO_DATABASE_URL='host=/nowhere dbname=x' LC_ALL=C.UTF-8 TERM=xterm-256color timeout 20 \
		script -qec "$in/bin/fenbo --config $in/share/fenbo/fenbo.ini" /dev/null </dev/null >"$dir/screen" 2>&1)
	grep -aq '正在连接数据库\|分拨' "$dir/screen" || fail "the installed console does not speak Chinese: $(head -c 300 "$dir/screen" | cat -v)"
	rm -rf "$dir/screen" "$dir/.local"
fi

"${make[@]}" uninstall >/dev/null 2>&1 || fail "uninstall"
left=$(find "$dir" ! -type d ! -path "$dir/kept")
[ -z "$left" ] || fail "uninstall left: $left"
[ -e "$dir/kept" ] || fail "uninstall took what is not ours"
[ "$(cd "$top" && git status --porcelain 2>/dev/null)" = "$before" ] || echo "note: the tree changed meanwhile"
