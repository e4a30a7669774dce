#!/usr/bin/env bash
# The simulator reads AN3155 for itself: of protocol/ it includes only bytes, err and wire.
# Usage: fence.sh SIMULATOR-FOLDER
set -euo pipefail
allowed='protocol/\(bytes\|err\|wire\)\.h'
[ -e "$1/rom.c" ] || { echo "no simulator in $1" >&2; exit 1; }
if grep -Hn '#include "\(protocol\|server\)/' "$1"/*.[ch] "$1"/soc/*.[ch] | grep -v "\"$allowed\""; then
	echo "the simulator includes what it must not" >&2
	exit 1
fi
