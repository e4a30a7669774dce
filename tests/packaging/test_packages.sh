#!/usr/bin/env bash
# test_packages.sh BENCHD: the Dockerfile builds with scripts/setup and the release preset, and its
# last stage installs the packages of the libraries that BENCHD links, and no others.
set -euo pipefail
cd "$(dirname "$0")/../.."
benchd=$1
failed=0

fail() {
	echo "FAIL: $*"
	failed=1
}

dockerfile=docker/Dockerfile
grep -qx 'RUN scripts/setup build' $dockerfile || fail "$dockerfile does not run scripts/setup"
grep -q 'cmake --preset release && cmake --build --preset release' $dockerfile ||
	fail "$dockerfile does not make the release build"

# The libraries of ours: what the binary names itself, less the C library and the sanitizers.
needed=$(objdump -p "$benchd" | awk '$1 == "NEEDED" { print $2 }' |
	grep -Ev '^(libc|libm|libpthread|ld-linux.*|lib[atu]b?san|libgcc_s)\.so')
[ -n "$needed" ] || fail "$benchd links no library"

for library in $needed; do
	path=$(ldd "$benchd" | awk -v name="$library" '$1 == name { print $3 }')
	package=$(dpkg -S "$(realpath "$path")" | cut -d: -f1 | head -n 1)
	grep -Eq "^[[:space:]]*$package \\\\$" $dockerfile ||
		fail "$dockerfile does not install $package, which has $library"
done

# And nothing that it does not link.
while read -r package; do
	dpkg -L "$package" | grep -Eq "/($(paste -sd'|' <<<"$needed"))" ||
		fail "$dockerfile installs $package, which $benchd does not link"
done < <(sed -n '/^FROM debian:12-slim$/,$ s/^[[:space:]]*\(lib[a-z0-9-]*\) \\$/\1/p' $dockerfile)

[ $failed -eq 0 ] && echo "ok: $(wc -l <<<"$needed") libraries"
exit $failed
