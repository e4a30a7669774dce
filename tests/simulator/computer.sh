#!/usr/bin/env bash
# The flashed program runs: f103-hello or f407-hello, flashed by Debian's stm32flash and typed to
# through the pty. Usage: computer.sh STM32SIM PRELOAD FIRMWARE-FOLDER PART FAMILY LED
set -euo pipefail
sim=$1 preload=$2 image=$3/$5-hello.bin part=$4 family=$5 led=$6

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
exec {out}< <(exec "$sim" --part "$part" --link "$tty" --control "$socket" --seed 9 \
	--time-scale 0.05 --die-with-parent 2>"$dir/said")
pid=$!
read -r -t 30 line <&"$out" || die "the simulator said nothing"

board() {
	"$sim" ctl "$socket" "$@"
}
stat() {
	board stats | tr ' ' '\n' | sed -n "s/^$1=//p"
}
flash() {
	LD_PRELOAD=$preload BENCHD_PRELOAD="$tty=$socket" \
		timeout 60 stm32flash -b 921600 "$@" "$tty" >"$dir/log" 2>&1
}
# Reads lines until one matches; it goes to $text.
heard() {
	text=
	until [[ $text =~ $1 ]]; do
		read -r -t 20 text <&"$host" || die "not heard: $1"
		text=${text%$'\r'}
	done
}
# types LINE PATTERN: what comes back behind its echo.
types() {
	printf '%s\r' "$1" >&"$host"
	heard "^> $1\$"
	heard "$2"
}

# The unique id, as the ROM reads it: three words, as hello prints them.
case $family in
f103) id_span=0x1FFFF700:256 id_offset=232 ;;
f407) id_span=0x1FFF7A10:128 id_offset=0 ;;
esac
board bootloader >/dev/null
flash -w "$image" -v || die "not flashed"
if flash -r "$dir/id" -S "$id_span"; then
	id=$(od -An -v -tx4 -j "$id_offset" -N 12 "$dir/id" | awk '{ print toupper($3 $2 $1) }')
else
	die "the id cannot be read"
fi

exec {host}<>"$tty"
stty -F "$tty" 115200
board application >/dev/null
heard '^benchd hello on STM32'
types uid '^[0-9A-F]{24} [0-9]+ KiB$'
[ "${text%% *}" = "$id" ] || die "unique id $text, the ROM said $id"
types nonsense '^unknown command'
types led '^led on$'
board pin "$led" | grep -q "^ok $led output high changes=1$" || die "$(board pin "$led")"
types led '^led off$'
board pin "$led" | grep -q "^ok $led output low changes=2$" || die "$(board pin "$led")"

# It reads itself: the CRC-32 that gzip writes of the same bytes.
crc=$(gzip -c "$image" | tail -c 8 | od -An -tx4 -N 4 | tr -d ' ' | tr a-f A-F)
types crc '^[0-9A-F]{8} [0-9]+ bytes$'
[ "$text" = "$crc $(wc -c <"$image") bytes" ] || die "crc $text, not $crc"

if [ "$family" = f407 ]; then
	types float '^sin over'
	[[ $text =~ ^sin\ over\ 0\.\.pi\ 2\.00000[0-9],\ 0\ of\ 100\ differ,\ ([0-9]+)\ interrupts ]] ||
		die "$text"
	[ "${BASH_REMATCH[1]}" -gt 10 ] || die "hardly interrupted: $text"
else
	types float '^this chip has no floating point unit$'
fi

# It erases and programs its own flash; a reset by itself starts it again and finds that.
types 'keep what was kept' '^kept: what was kept$'
before=$(stat resets)
types reset '^benchd hello on STM32'
[ "$(stat resets)" = $((before + 1)) ] || die "$(board stats)"
types keep '^kept: what was kept$'
types time '^up [0-9]+\.[0-9]{3} s$'

# It leaves for the ROM by a jump, which is no reset.
before=$(stat resets)
types bootloader '^leaving for the ROM$'
for _ in {1..500}; do
	[ "$(stat runs)" != rom ] || break
done
[ "$(stat runs)" = rom ] || die "$(board stats)"
[ "$(stat resets)" = "$before" ] || die "$(board stats)"
exec {host}>&-
[ "$(stat lost)" = 0 ] || die "$(board stats)"

kill "$pid"
! read -r -t 30 line <&"$out" || die "more was said: $line"
pid=
[ ! -s "$dir/said" ] || die "it complains: $(cat "$dir/said")"

# A program that jumps there with SysTick running does not get the ROM up: vectors, then
# SYST_CSR = 1; MSP and a jump from system memory's first two words.
case $family in
f103) rom='\x00\xf0\xff\x1f' size=$((128 * 1024)) ;;
f407) rom='\x00\x00\xff\x1f' size=$((1024 * 1024)) ;;
esac
{
	printf '\x00\x20\x00\x20\x09\x00\x00\x08\x04\x48\x01\x21\x01\x60\x04\x48'
	printf '\x01\x68\x81\xf3\x08\x88\x41\x68\x08\x47\x00\x00\x10\xe0\x00\xe0'
	printf '%b' "$rom"
	head -c $((size - 36)) /dev/zero | tr '\0' '\377'
} >"$dir/flash"
exec {out}< <(exec "$sim" --part "$part" --link "$tty" --control "$socket" --flash "$dir/flash" \
	--die-with-parent 2>"$dir/said")
pid=$!
read -r -t 30 line <&"$out" || die "the simulator said nothing"
for _ in {1..500}; do
	[ "$(stat runs)" != nothing ] || break
done
[ "$(stat runs)" = nothing ] || die "$(board stats)"
# It is said once the board has stopped, which may be after the state is seen.
for _ in {1..500}; do
	grep -q 'jumped into the ROM with interrupts on' "$dir/said" && break
	board stats >/dev/null
done
grep -q 'jumped into the ROM with interrupts on' "$dir/said" ||
	die "nothing is said of the jump: $(cat "$dir/said") $(board stats)"
