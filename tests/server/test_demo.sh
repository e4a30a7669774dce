#!/usr/bin/env bash
# test_demo.sh BENCHD: the program as a person starts it. The demo flashes a board and ends without a
# trace; what cannot start says why and with which status; so does the tree that one installs.
set -euo pipefail
benchd=$1
source=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
export TMPDIR=$tmp/tmp
mkdir "$TMPDIR"
pid=
trap 'if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || :; fi; rm -rf "$tmp"' EXIT

fail() {
	echo "FAIL: $*"
	cat "$tmp"/*.err 2>/dev/null
	exit 1
}

# Starts benchd with these arguments and waits for its first line: its address goes to $url.
start() {
	mkfifo "$tmp/lines"
	"$@" >"$tmp/lines" 2>"$tmp/run.err" &
	pid=$!
	exec 3<"$tmp/lines"
	rm "$tmp/lines"
	local line=
	read -r -t 60 line <&3 || fail "no line from $*"
	url=${line#listening on }
	[ "$url" != "$line" ] || fail "it said: $line"
}

# Stops it with a signal: status 0, nothing more said, and nothing left behind.
stop() {
	kill "-$1" "$pid"
	local status=0 rest=
	wait "$pid" || status=$?
	pid=
	rest=$(cat <&3)
	exec 3<&-
	[ "$status" -eq 0 ] || fail "status $status after SIG$1"
	[ -z "$rest" ] || fail "it also said: $rest"
	[ -z "$(ls -A "$TMPDIR")" ] || fail "left behind: $(ls -R "$TMPDIR")"
	! grep -E 'Sanitizer|runtime error' "$tmp/run.err" || fail "a sanitizer speaks"
}

flash() {
	curl -sS --fail-with-body --max-time 60 -T "$source/simulator/firmware/out/$1-hello.hex" \
		"$url/api/v1/boards/$1/flash" >"$tmp/job" || fail "flashing $1: $(cat "$tmp/job")"
	grep -q '"state":"done"' "$tmp/job" || fail "the job of $1: $(cat "$tmp/job")"
}

# expect STATUS PHRASE ARGUMENT...: benchd ends with it and says so on standard error.
expect() {
	local want=$1 phrase=$2 status=0
	shift 2
	timeout 60 "$benchd" "$@" >"$tmp/end.out" 2>"$tmp/end.err" || status=$?
	[ "$status" -eq "$want" ] || fail "$*: status $status instead of $want"
	grep -q -- "$phrase" "$tmp/end.err" "$tmp/end.out" || fail "$*: did not say: $phrase"
}

start "$benchd" --demo --listen 127.0.0.1:0
flash f103
flash f407
curl -sS "$url/api/v1/firmware" | grep -q 'f103-blink.elf' || fail "the shelf is empty"
kill -HUP "$pid"
curl -sS -o /dev/null "$url/healthz" || fail "it does not answer after SIGHUP"

expect 1 'Address already in use' --listen "${url#http://}" --state-dir "$tmp/other"
stop TERM

start "$benchd" --demo --listen 127.0.0.1:0 --state-dir "$tmp/kept"
expect 1 'another benchd uses this folder' --listen 127.0.0.1:0 --state-dir "$tmp/kept"

# Stopped in the middle of a write: who waits is told, and the board is marked after the next start.
head -c 100000 /dev/zero | tr '\0' 'Z' >"$tmp/large.bin"
coproc stream { curl -sSN --max-time 60 -H 'Accept: application/x-ndjson' -T "$tmp/large.bin" \
	"$url/api/v1/boards/f103/flash?force=true&format=bin" 2>/dev/null || echo "curl $?"; }
exec 4<&"${stream[0]}"
line=
until [[ $line == *'"stage":"write"'* ]]; do
	read -r -t 60 line <&4 || fail "no write was seen: $line"
done
stop INT
tail -n 2 <&4 >"$tmp/last"
exec 4<&-
grep -q '"type":"outcome".*"state":"interrupted"' "$tmp/last" || fail "no outcome: $(cat "$tmp/last")"
grep -qx 'curl 18' "$tmp/last" || fail "a cut stream looks whole: $(cat "$tmp/last")"
start "$benchd" --demo --listen 127.0.0.1:0 --state-dir "$tmp/kept"
curl -sS "$url/api/v1/boards/f103" | grep -q '"quarantine":{' || fail "no quarantine"
flash f103
curl -sS "$url/api/v1/boards/f103" | grep -q '"quarantine":null' || fail "still in quarantine"
stop INT
[ -f "$tmp/kept/benchd.db" ] || fail "the state was not kept where --state-dir says"

echo '{ "boards": [ { "id": "X" } ] }' >"$tmp/wrong.json"
expect 2 'boards\[0\].id: an id has' --config "$tmp/wrong.json"
expect 2 'boards\[0\]: "port" is missing' --check --config "$tmp/wrong.json"
expect 2 'can be reached from other machines' --listen 0.0.0.0:0
expect 1 'No such file or directory' --state-dir /nonexistent/state
expect 0 'benchd [0-9]' --version

# Installed elsewhere it finds its parts by where it lies, and nothing says where it was built.
DESTDIR=$tmp/root cmake --install "$2" --prefix /opt/benchd >"$tmp/install.log"
installed=$tmp/root/opt/benchd
start "$installed/bin/benchd" --demo --listen 127.0.0.1:0
flash f103
curl -sS "$url/api/v1/firmware" | grep -q 'f103-blink.elf' || fail "the installed shelf is empty"
stop TERM
echo ok
