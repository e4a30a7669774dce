#!/usr/bin/env bash
# The program stm32sim: its options, what it does to the paths it is given, hosts that come and go.
# Usage: stm32sim.sh STM32SIM FIRMWARE-FOLDER
set -euo pipefail
sim=$1 firmware=$2
dir=$(mktemp -d)
pid=
cleanup() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
die() {
	echo "$*" >&2
	exit 1
}
# wants STATUS COMMAND...
wants() {
	local want=$1 got=0
	shift
	"$@" >"$dir/said" 2>&1 || got=$?
	[ "$got" = "$want" ] || die "status $got, not $want: $* ($(cat "$dir/said"))"
}
tty=$dir/tty socket=$dir/control
start() {
	exec {out}< <(exec "$sim" --part f103rb --link "$tty" --control "$socket" "$@")
	pid=$!
	read -r -t 30 line <&"$out" || die "the simulator said nothing"
	[ "$line" = ready ] || die "the simulator said $line"
}
# The pipe ends with the program.
ended() {
	! read -r -t 30 line <&"$out" || die "more was said: $line"
	exec {out}<&-
	pid=
}
stop() {
	kill "$pid"
	ended
}
board() {
	"$sim" ctl "$socket" "$@" || die "$*"
}

wants 0 "$sim" --help
wants 0 "$sim" --version
wants 0 "$sim" --list-parts
grep -q "^h743zi " "$dir/said" || die "no h743zi"
wants 0 "$sim" --list-quirks
grep -q "^  double-ack-at-sync " "$dir/said" || die "no double-ack-at-sync"
wants 0 "$sim" --list-faults
wants 0 "$sim" --list-miswires
grep -q "^  boot0-low " "$dir/said" || die "no boot0-low"
wants 2 "$sim" --part f103rb --link "$tty" --miswire luck
wants 2 "$sim" --part f103rb --link "$tty" --fault "drop to-host"
grep -q "expected drop WAY WHEN" "$dir/said" || die "$(cat "$dir/said")"
wants 2 "$sim"
wants 2 "$sim" --part f103rb
wants 2 "$sim" --part f999 --link "$tty"
wants 2 "$sim" --part f103rb --link "$tty" --quirk luck
wants 2 "$sim" --part f103rb --link "$tty" --time-scale -1
wants 2 "$sim" --part f103rb --link "$tty" --wire-reset cts
wants 2 "$sim" --part f103rb --link "$tty" --seed x
wants 2 "$sim" --part f103rb --link "$tty" more
wants 2 "$sim" --part f103rb --link "$tty" --adapter-latency 1001
wants 2 "$sim" --part f103rb --link "$tty" --max-baud 0
wants 2 "$sim" ctl "$socket"
wants 1 "$sim" ctl "$socket" stats

# Only a link that leads nowhere or to a pty is replaced.
echo precious >"$tty"
wants 1 "$sim" --part f103rb --link "$tty"
[ "$(cat "$tty")" = precious ] || die "a file was overwritten"
mv "$tty" "$dir/file"
ln -s file "$tty"
wants 1 "$sim" --part f103rb --link "$tty" --control "$socket"
[ ! -e "$socket" ] || die "a socket was left behind"
rm "$tty"
ln -s nowhere "$tty"
start
[ -c "$tty" ] || die "no tty behind the link"

# One board to a socket; one that was killed leaves a socket and a link that do not matter.
wants 1 "$sim" --part f103rb --link "$dir/other" --control "$socket"
grep -q "in use" "$dir/said" || die "$(cat "$dir/said")"
kill -9 "$pid"
ended
[ -S "$socket" ] || die "what was to be replaced is not there"
start
stop
[ ! -L "$tty" ] || die "the link was left behind"

# The flash is kept in a file; it must fit the part.
{
	cat "$firmware/f103-hello.bin"
	head -c $((128 * 1024)) /dev/zero | tr '\0' '\377'
} >"$dir/flash"
wants 1 "$sim" --part f103rb --link "$tty" --flash "$dir/flash"
truncate -s $((128 * 1024)) "$dir/flash"
start --flash "$dir/flash"
board dump "$dir/dump" >/dev/null
board adapter-latency 16 >/dev/null
board say 2 >/dev/null
wants 1 "$sim" ctl "$socket" say 20001
wants 1 "$sim" ctl "$socket" adapter-latency 1001
wants 1 "$sim" ctl "$socket" miswire luck on
wants 1 "$sim" ctl "$socket" miswire joined maybe
board miswire joined on >/dev/null
board miswire joined off >/dev/null
cmp "$dir/flash" "$dir/dump" || die "the file is not what the board has"

# Reads lines until one is this.
until_heard() {
	local text=
	until [ "$text" = "$1"$'\r' ]; do
		read -r -t 10 text <&"$host_fd" || return 1
	done
}

# A host opens, resets the board, reads, and leaves; so does the next. What the board said in
# between was said to nobody.
for host in 1 2 3; do
	board reset >/dev/null
	exec {host_fd}<>"$tty"
	stty -F "$tty" 115200
	board reset >/dev/null
	until_heard "benchd hello on STM32F103, built from simulator/firmware" || die "host $host"
	exec {host_fd}>&-
done

# A host that reads late loses nothing that a buffer of 64 KiB can hold.
exec {host_fd}<>"$tty"
printf 'echo\r' >&"$host_fd"
until_heard '> echo' || die "no echo"
head -c 15000 /dev/urandom | base64 -w 0 >"$dir/sent"
size=$(wc -c <"$dir/sent")
cat "$dir/sent" >&"$host_fd"
timeout 20 head -c "$size" <&"$host_fd" >"$dir/heard" || die "too little came back"
cmp "$dir/sent" "$dir/heard" || die "what came back is not what was sent"
exec {host_fd}>&-

# In the ROM it has nothing to do and is not woken: at most by the inotify event and the answers
# above. A program that sleeps between ticks of a millisecond is looked after in larger pieces.
switches() {
	sed -n 's/^voluntary_ctxt_switches:\s*//p' "/proc/$pid/status"
}
idle() { # WHAT MOST
	board stats >/dev/null
	local before woken
	before=$(switches)
	read -r -t 1 line <&"$out" && die "more was said: $line"
	woken=$(($(switches) - before))
	[ "$woken" -le "$2" ] || die "$1: woken $woken times a second"
}
board bootloader >/dev/null
idle "the ROM" 3
board application >/dev/null
read -r -t 0.2 line <&"$out" && die "more was said: $line"
idle "a program that ticks" 130

# Faults by command, and the cable that one pulls out.
wants 1 "$sim" ctl "$socket" fault drop sideways nth=1
board fault drop to-board nth=3 >/dev/null
board fault unplug to-board nth=5 >/dev/null
[ "$(board faults)" = "ok drop to-board nth=3 (hit 0); unplug to-board nth=5 (hit 0)" ] ||
	die "$(board faults)"
exec {host_fd}<>"$tty"
printf 12345 >&"$host_fd"
for try in $(seq 100); do
	case $(board faults) in *"nth=3 (hit 1); unplug to-board nth=5 (hit 1)"*) break ;; esac
	[ "$try" != 100 ] || die "$(board faults)"
	read -r -t 0.05 line <&"$out" && die "more was said: $line"
done
board stats | grep -q "plugged=0" || die "$(board stats)"
[ ! -L "$tty" ] || die "the link of a pulled cable"
board fault clear >/dev/null
[ "$(board faults)" = ok ] || die "$(board faults)"
exec {host_fd}>&-
board stats | grep -q "plugged=1" || die "$(board stats)"
[ -c "$tty" ] || die "no tty with the cable back in"

# Two lives of one link.
old=$(readlink "$tty")
exec {host_fd}<>"$tty"
board unplug >/dev/null
[ ! -L "$tty" ] || die "the link of an unplugged board"
board replug >/dev/null
[ -c "$tty" ] || die "no tty after replug"
[ "$(readlink "$tty")" != "$old" ] || die "the same pty after replug"
exec {host_fd}>&-
stop

# It ends with its parent.
exec {out}< <(exec sh -c '"$@" & wait' sh "$sim" --part f103rb --link "$tty" --die-with-parent)
pid=$!
read -r -t 30 line <&"$out" || die "the simulator said nothing"
kill -9 "$pid"
ended
[ ! -L "$tty" ] || die "the orphan's link was left behind"
