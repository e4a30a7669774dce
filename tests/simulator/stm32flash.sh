#!/usr/bin/env bash
# Debian's stm32flash against a simulated part, at 8E1 through the preload library: identify, erase,
# write, verify, read back, start. Usage: stm32flash.sh STM32SIM PRELOAD PART PRODUCT-ID [BAUD]
set -euo pipefail
sim=$1 preload=$2 part=$3 id=$4 baud=${5:-921600}

dir=$(mktemp -d)
pid=
cleanup() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
die() {
	echo "$part: $*" >&2
	[ ! -f "$dir/log" ] || cat "$dir/log" >&2
	exit 1
}

tty=$dir/tty socket=$dir/control
exec {out}< <(exec "$sim" --part "$part" --link "$tty" --control "$socket" --seed 5 \
	--time-scale 0.05 --die-with-parent)
pid=$!
read -r -t 30 line <&"$out" || die "the simulator said nothing"
[ "$line" = ready ] || die "the simulator said $line"

board() {
	"$sim" ctl "$socket" "$@"
}
# For stm32flash alone: the simulator's own programs need no parity.
flash() {
	LD_PRELOAD=$preload BENCHD_PRELOAD="$tty=$socket" \
		timeout 60 stm32flash -b "$baud" "$@" "$tty" >"$dir/log" 2>&1
}
stat() {
	board stats | tr ' ' '\n' | sed -n "s/^$1=//p"
}

# A vector table, a line of text, then bytes of every kind: 6 KiB and a half, in whole program words.
image=$dir/image.bin
{
	printf '\x00\x02\x00\x20\x09\x00\x00\x08\x00\xBF\xFE\xE7Hello from %s\r\n' "$part"
	seq 1 2000
} >"$image"
size=6528
truncate -s "$size" "$image"

board bootloader >/dev/null
flash || die "did not identify it"
grep -qi "Device ID *: $id" "$dir/log" || die "another product id"
grep -q "8E1" "$dir/log" || die "not at 8E1"
# It put back what it found: both were told to the board, which loses what lacks parity.
[ "$(stat frame)" = 8N1 ] || die "parity did not reach the board"

# L1 has no mass erase: stm32flash erases its pages.
board bootloader >/dev/null
flash -o || die "erase failed"
board bootloader >/dev/null
flash -w "$image" -v -g 0x08000000 || die "write and verify failed"
grep -q "Starting execution.*done" "$dir/log" || die "not started"
[ "$(stat runs)" = application ] || die "$(board stats)"

board dump "$dir/dump" >/dev/null
cmp -n "$size" "$image" "$dir/dump" || die "the flash holds something else"
rest=$(tail -c +$((size + 1)) "$dir/dump" | tr -d '\377' | tr -d '\000' | wc -c)
[ "$rest" -eq 0 ] || die "$rest bytes too many were written"

board bootloader >/dev/null
flash -r "$dir/back" -S "0x08000000:$size" || die "read failed"
cmp "$image" "$dir/back" || die "read back something else"
[ "$(stat lost)" = 0 ] || die "$(board stats)"

kill "$pid"
# The pipe ends when the simulator does: link and socket are gone by then.
if read -r -t 30 line <&"$out"; then
	die "more was said: $line"
fi
if [ -e "$tty" ] || [ -L "$tty" ] || [ -e "$socket" ]; then
	die "something was left behind"
fi
pid=
