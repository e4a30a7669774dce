#!/usr/bin/env bash
# stm32flash -R loads a routine into RAM and starts it: its code resets the chip, which lands where
# BOOT0 says. Usage: stm32flash_reset.sh STM32SIM PRELOAD PART...
set -euo pipefail
sim=$1 preload=$2
shift 2

dir=$(mktemp -d)
pid=
cleanup() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
die() {
	echo "$part: $*" >&2
	cat "$dir/log" "$dir/said" >&2
	exit 1
}
tty=$dir/tty socket=$dir/control
stat() {
	"$sim" ctl "$socket" stats | tr ' ' '\n' | sed -n "s/^$1=//p"
}
# Until it has this value, for it comes when the routine has run.
becomes() {
	local deadline=$((SECONDS + 20))
	until [ "$(stat "$1")" = "$2" ]; do
		[ $SECONDS -lt $deadline ] || die "$1 is $(stat "$1"), not $2"
	done
}

for part; do
	: >"$dir/log"
	# A program that loops: an empty flash would send some parts back into the ROM.
	kib=$("$sim" --list-parts | awk -v part="$part" '$1 == part { print $3 }')
	{
		printf '\x00\x02\x00\x20\x09\x00\x00\x08\x00\xBF\xFE\xE7'
		head -c $((kib * 1024 - 12)) /dev/zero | tr '\0' '\377'
	} >"$dir/flash"
	exec {out}< <(exec "$sim" --part "$part" --link "$tty" --control "$socket" \
		--flash "$dir/flash" --time-scale 0 --boot0 --die-with-parent 2>"$dir/said")
	pid=$!
	read -r -t 30 line <&"$out" || die "the simulator said nothing"
	[ "$line" = ready ] || die "the simulator said $line"
	for boot0 in 1 0; do
		"$sim" ctl "$socket" bootloader >/dev/null
		"$sim" ctl "$socket" boot0 $boot0 >/dev/null
		before=$(stat resets)
		LD_PRELOAD=$preload BENCHD_PRELOAD="$tty=$socket" timeout 60 stm32flash -b 115200 -R \
			"$tty" >"$dir/log" 2>&1 || die "stm32flash failed"
		becomes resets $((before + 1))
		becomes runs "$([ $boot0 = 1 ] && echo rom || echo application)"
	done
	[ ! -s "$dir/said" ] || die "it complains"
	kill "$pid"
	! read -r -t 30 line <&"$out" || die "more was said: $line"
	exec {out}<&-
	pid=
done
