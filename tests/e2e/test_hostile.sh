#!/usr/bin/env bash
# Texts that would like to be more than text: what a console writes to its terminal is held against what it may write; what cannot be
# taken at all is in quarantine, and comes out of it.
. "$(dirname "$0")/../tools/site.sh"
work=$site_dir/work
mkdir "$work"
ctl() { timeout 60 fenboctl "$@"; }
shown() { printf '%s-%s-%s' "${1:0:6}" "${1:6:6}" "${1:12:1}"; }
raw() { curl -sS --max-time 30 -H "Authorization: Bearer $(cat "$FENBO_KEY_FILE")" -H 'Content-Type: application/x-ndjson' \
	--data-binary "@$1" "$FENBO_URL/v1/appeals"; }

site_start
export LANG=C.UTF-8
# --- the texts. Each names itself at both ends with a word that must come through.
{
	jq -nc '{external_id: "h1", text: "h1头\u001b[31m红\u001b[0m \u001b]0;PWNED-TITLE\u0007 \u001b]52;c;UFdORUQ=\u0007 \u001bP$qm\u001b\\ \u001b[2J\u001b[H尾h1", title: "h1\u001b]0;PWNED-TITLE\u0007题"}'
	jq -nc '{external_id: "h2", text: "h2头\u009b31m\u009d0;PWNED-TITLE\u009c\u0090$qm\u009c\u0085尾h2"}'
	jq -nc '{external_id: "h3", text: "h3头\u202e反写\u2066孤立\u2069\u200f\u061c\u200b零宽\ufeff尾h3", name: "\u202e王\u001b[5m", address: "宝安区\u001b[7m西乡\u2028街道\r\n\u0008"}'
	jq -nc '{external_id: "h4", text: ("h4头" + ("噪音扰民" * 2500) + "尾h4")}'
	jq -nc '{external_id: "h5", text: "h5头\u0001\u0007\u0008\u000e\u000f\u007f\r尾h5"}'
	jq -nc '{external_id: "h6", text: ("h6头e" + ("\u0301" * 300) + "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67" + "尾h6")}'
	jq -nc '{external_id: "h7", text: "h7头%s%n$(reboot)`id`\u0027; DROP TABLE fenbo.queue; -- <script>&amp;尾h7"}'
	printf '{"external_id":"h8","text":"h8头\xff\xfe\xc0\xaf\xed\xa0\x80\xf5尾h8"}\n'
	printf '{"external_id":"h9","text":"h9头\n'
	printf '{"external_id":"h10","text":["不是文字"]}\n'
	printf '\x1b]0;PWNED-TITLE\x07\n'
} >"$work/hostile.ndjson"
raw "$work/hostile.ndjson" >"$work/out" || fail "hostile lines are no reason to answer nothing"
jq -se 'length == 11 and map(.line) == [range(1; 12)] and all(.status == "created" or .status == "quarantined")' <"$work/out" >/dev/null ||
	fail "answers: $(cat "$work/out")"
jq -se '[.[0:7][].status] | all(. == "created")' <"$work/out" >/dev/null || fail "what can be cleaned is to be taken: $(cat "$work/out")"
jq -se '[.[8:11][].status] | all(. == "quarantined")' <"$work/out" >/dev/null || fail "what is no appeal is to be kept apart: $(cat "$work/out")"

# --- every byte that the consoles write
# What a console writes: text, and of sequences the cursor, colour, line and screen kinds that terminfo names. Titles, the clipboard
# (only on a key that is not pressed here), device queries and C1 controls come from nowhere but data. Prints what is wrong.
only_screen() {
	perl -0777 -ne '
		use utf8; my $b = $_; my @bad;
		push @bad, "invalid UTF-8" unless utf8::decode(my $t = $b);
		push @bad, "an operating system command" if $b =~ /\e\]/;
		push @bad, "a device string" if $b =~ /\e[PX^_]/;
		push @bad, "PWNED-TITLE as a command" if $b =~ /\][0-9;]*PWNED/ && $b =~ /\e\]/;
		push @bad, "C1 control" if $t =~ /[\x{80}-\x{9f}]/;
		push @bad, "bidi or invisible: " . sprintf("U+%04X", ord $1) if $t =~ /([\x{202a}-\x{202e}\x{2066}-\x{2069}\x{200b}\x{200e}\x{200f}\x{61c}\x{2028}\x{2029}\x{feff}])/;
		push @bad, sprintf("control %02x", ord $1) if $b =~ /([\x00-\x06\x0b\x0c\x10-\x1a\x1c-\x1f\x7f])/;
		while ($b =~ /\e(\[[0-?]*[ -\/]*[@-~]|[()][0-9A-Za-z]|[ -\/]?[0-~])/g) {
			my $s = $1;
			next if $s =~ /^\[[0-9;]*[mHABCDGJKLMPX\@dfrhlnSTbZ`]$/ || $s =~ /^\[\?[0-9;]+[hl]$/ || $s =~ /^[()][0B]$/ || $s =~ /^[=>78M]$/ || $s =~ /^\[>?[0-9;]*[tm]$/;
			push @bad, "sequence ESC $s";
		}
		push @bad, "an ESC that is no sequence" if $b =~ /\e(?![\[()=>78M])/;
		if (@bad) { my %s; print join("\n", grep { !$s{$_}++ } @bad), "\n"; exit 1 }' "$1"
}
for bad in 'a\033]0;x\007' 'a\033P$qm\033\\' 'a\302\233m' 'a\342\200\256b' 'a\005' 'a\033Zb' 'a\377'; do
	printf "$bad" >"$work/bad"
	only_screen "$work/bad" >/dev/null && fail "the check itself sees nothing in $bad"
done
printf 'a\033[1;31m\344\270\255\033[2;3H\033[?25l\033(B' >"$work/good"
only_screen "$work/good" || fail "the check itself refuses what is right"

for console in 'a 80 24' 'b 200 60'; do
	set -- $console
	term_start "$1" "$2" "$3" 'read go; exec fenbo'
	tmux -L "$site_tmux" pipe-pane -t "$1" "cat >$work/$1.bytes"
	term_keys "$1" Enter
	term_wait "$1" '流 ●'
	term_wait "$1" h1头
	for no in $(jq -r 'select(.status == "created").id' <"$work/out"); do
		term_keys "$1" / C-u "=${no:6:6}" Enter
		at() { term_screen "$1" | grep -F '▸' | grep -qF "$(shown "$2")"; }
		check "$1: cursor on $no" at "$1" "$no"
		term_keys "$1" Enter
		read_it() { term_screen "$1" | grep -q '^ *h[0-9]头\|h[0-9]头'; }
		check "$1 reads $no" read_it "$1"
		term_keys "$1" PageDown H
		term_wait "$1" 的经过
		term_keys "$1" Escape Escape
	done
	term_keys "$1" S '=h3'
	term_wait "$1" h3头
	term_keys "$1" Escape Escape Q
	term_wait "$1" 退出
	term_keys "$1" 1
	ended() { [ "$(tmux -L "$site_tmux" display-message -p -t "$1" '#{pane_dead}')" = 1 ]; }
	check "$1 ends" ended "$1"
	[ -s "$work/$1.bytes" ] || fail "no bytes of $1"
	grep -aq h1头 "$work/$1.bytes" || fail "the bytes of $1 are not those of its screen"
	only_screen "$work/$1.bytes" >"$work/$1.bad" || fail "the screen of $1 holds: $(cat "$work/$1.bad")"
done
# The shell is no way round: fenboctl writes to a terminal too.
no=$(jq -sr '.[0].id' <"$work/out")
script -qec "fenboctl show $no; fenboctl list" "$work/ctl.bytes" >/dev/null </dev/null || fail "fenboctl show"
grep -aqP '\x1b\]|\x1b\[2J|\x07|\xc2[\x80-\x9f]' "$work/ctl.bytes" && fail "fenboctl lets sequences through: $(head -c 600 "$work/ctl.bytes" | cat -v)"

# --- quarantine: seen, put right, dropped
script -qec 'fenboctl quarantine list' "$work/ctl.bytes" >/dev/null </dev/null || fail "quarantine list"
grep -aqP '\x1b\]|\x07' "$work/ctl.bytes" && fail "quarantine list lets sequences through"
ctl --json quarantine list >"$work/list"
[ "$(jq -r .id <"$work/list" | wc -l)" -ge 3 ] || fail "quarantine: $(cat "$work/list")"
jq -se 'all(.error != "" and .message != "")' <"$work/list" >/dev/null || fail "an entry without a reason: $(cat "$work/list")"
n=0
for q in $(jq -r .id <"$work/list"); do
	script -qec "fenboctl quarantine show $q" "$work/ctl.bytes" >/dev/null </dev/null || fail "quarantine show $q"
	grep -aqP '\x1b\]|\x07' "$work/ctl.bytes" && fail "quarantine show lets sequences through"
	ctl quarantine show "$q" --raw >"$work/raw.$q" || fail "the original bytes of $q"
	n=$((n + 1))
	case $n in
	1)  printf '{"external_id":"h9","text":"改好了的一件：路灯不亮"}\n' >"$work/right"
		ctl quarantine retry "$q" --file "$work/right" >/dev/null || fail "retry" ;;
	*)  ctl quarantine drop "$q" >/dev/null || fail "drop" ;;
	esac
done
grep -aq '^{"external_id":"h9","text":"h9头' "$work"/raw.* || fail "the bytes that came are not those kept"
[ -z "$(ctl --json quarantine list)" ] || fail "quarantine is not empty: $(ctl --json quarantine list)"
ctl --json search 改好了的一件 | jq -se 'length == 1' >/dev/null || fail "what was put right is no case"
