#!/bin/sh
# Install what is missing for the purposes named (build, run, check, bench): with apt when root or sudo is there, else say
# exactly what to install. Quiet and quick when nothing is missing.
set -eu
want() {
	for purpose in "$@"; do
		case $purpose in
		build) echo gcc make libc6-dev pkg-config libncurses-dev libpq-dev libevent-dev libssl-dev libiniparser-dev libjansson-dev \
			libcsv-dev libxml2-dev gettext unicode-data bzip2 ;;
		run)   echo postgresql-15 curl ncurses-base ;;
		check) echo libcmocka-dev tmux jq mandoc procps libxml2-utils ;;
		bench) echo git tig ;;
		*)     echo "setup: unknown purpose $purpose" >&2; exit 2 ;;
		esac
	done
}
missing=
for package in $(want "$@"); do
	state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
	[ "$state" = "install ok installed" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
	echo "Missing (names as in Debian 12):$missing" >&2
	exit 1
fi
if [ "$(id -u)" = 0 ]; then
	as=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
	as=sudo
elif command -v sudo >/dev/null 2>&1 && [ -t 0 ]; then
	as=sudo
else
	echo "Missing packages. As root:  apt-get install --no-install-recommends$missing" >&2
	exit 1
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# A cluster of the distribution's own is not wanted: Fenbo makes a private one.
if ! [ -e /etc/postgresql-common/createcluster.conf ]; then
	$as mkdir -p /etc/postgresql-common
	echo "create_main_cluster = false" | $as tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
$as apt-get update -qq
# shellcheck disable=SC2086 # a list of words on purpose
$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
