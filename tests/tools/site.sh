# A whole centre to throw away, for the end-to-end tests: private server, daemon, shipped policy, demonstration people. Source it.
#   site_start            up; sets FENBO_DATABASE_URL (dispatcher), FENBO_URL, FENBO_KEY_FILE, STATE
#   site_sql SQL          as the owner, rows bare        site_post JSON…    lines to POST /v1/appeals
#   site_person NAME ROLE PERSON   one more account; prints its connection string
#   wait_for S CMD…       until CMD succeeds, at most S seconds; check WHAT CMD… fails with WHAT unless it does within 10 s
#   term_start NAME W H CMD   a program in a pseudo-terminal      term_keys NAME KEY…   =text types it
#   term_screen NAME      what it shows                  term_wait NAME TEXT [S]  until it shows TEXT
#   term_line NAME N      one line, from 1, or -1 the last        term_pid NAME         the program's process
# Everything is taken down when the script ends.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
: "${FENBO_BUILD:=$PWD/build}"
export FENBO_BUILD LC_ALL=C.UTF-8 TZ=Asia/Shanghai LANG=C.UTF-8
PATH=$FENBO_BUILD:$PATH
site_dir=$(mktemp -d "${TMPDIR:-/tmp}/fenbo-site.XXXXXX")
site_tmux=fenbo-test-$$
chmod 755 "$site_dir"
export XDG_STATE_HOME=$site_dir FENBO_TEST_SITE=1
STATE=$site_dir/fenbo

site_stop() {
	status=$?
	trap - EXIT
	tmux -L "$site_tmux" kill-server 2>/dev/null
	bash db/cluster/fenbo-down.sh >/dev/null 2>&1
	rm -rf "$site_dir"
	exit $status
}
trap site_stop EXIT
trap 'exit 143' TERM INT

fail() {
	echo "FAILED: $*"
	for name in $(tmux -L "$site_tmux" list-sessions -F '#S' 2>/dev/null); do
		echo "--- screen of $name"
		term_screen "$name" | grep -v "^[ │]*$"
	done
	[ -e "$STATE/fenbod.log" ] && tail -n 20 "$STATE/fenbod.log"
	exit 1
}
wait_for() {
	local until=$((SECONDS + $1))
	shift
	while ! "$@"; do
		[ $SECONDS -lt $until ] || return 1
		read -rt 0.05 <> <(:)
	done
	return 0 # not what the last read said
}
site_start() {
	bash db/cluster/fenbo-up.sh || fail "the site did not come up"
	# shellcheck disable=SC1091
	. "$STATE/env"
	FENBO_DATABASE_URL=$FENBO_DISPATCHER_URL
	export FENBO_DATABASE_URL FENBO_URL FENBO_KEY_FILE
}
site_sql() { psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_OWNER_URL" -c "$1"; }
site_person() {
	printf '*:*:fenbo:%s:%s-pass\n' "$1" "$1" >>"$STATE/passfile"
	printf '%s-pass\n' "$1" | FENBO_DATABASE_URL=$FENBO_OWNER_URL fenboctl user add "$1" --role "$2" --person "$3" \
		--password-file - >/dev/null || fail "no account for $1"
	printf '%s\n' "${FENBO_DATABASE_URL/user=demo/user=$1}"
}
check() {
	local what=$1
	shift
	wait_for 10 "$@" || fail "$what: $*"
}
site_post() {
	printf '%s\n' "$@" | curl -sS --max-time 30 -H "Authorization: Bearer $(cat "$FENBO_KEY_FILE")" \
		-H 'Content-Type: application/x-ndjson' --data-binary @- "$FENBO_URL/v1/appeals"
}

term_start() {
	local name=$1 cols=$2 rows=$3 conf=$site_dir/tmux.conf
	shift 3
	printf '%s\n' 'set -g status off' 'set -g default-terminal tmux-256color' 'set -g escape-time 0' \
		'set -g remain-on-exit on' >"$conf"
	tmux -L "$site_tmux" -f "$conf" new-session -d -x "$cols" -y "$rows" -s "$name" "$*"
}
term_keys() {
	local name=$1 key
	shift
	for key in "$@"; do
		case $key in
		=*) tmux -L "$site_tmux" send-keys -t "$name" -l -- "${key#=}" ;;
		*) tmux -L "$site_tmux" send-keys -t "$name" "$key" ;;
		esac
	done
}
term_pid() { tmux -L "$site_tmux" display-message -p -t "$1" '#{pane_pid}'; }
term_line() { term_screen "$1" | if [ "$2" = -1 ]; then tail -n 1; else sed -n "$2p"; fi; }
term_screen() { tmux -L "$site_tmux" capture-pane -p -t "$1"; }
term_shows() { term_screen "$1" | grep -qF -- "$2"; }
term_wait() { wait_for "${3:-10}" term_shows "$1" "$2" || fail "$1 never showed: $2"; }
term_lacks() { ! term_shows "$1" "$2"; }
term_wait_gone() { wait_for "${3:-10}" term_lacks "$1" "$2" || fail "$1 still shows: $2"; }
