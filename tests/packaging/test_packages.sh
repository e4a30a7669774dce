#!/usr/bin/env bash
# test_packages.sh PROGRAM...: the Dockerfile builds with scripts/setup and the release preset, and its
# last stage installs the packages of the libraries that they link, and no others.
set -euo pipefail
cd "$(dirname "$0")/../.."
programs=("$@")
failed=0

fail() {
	echo "FAIL: $*"
	failed=1
}

dockerfile=docker/Dockerfile
grep -qx 'RUN scripts/setup build' $dockerfile || fail "$dockerfile does not run scripts/setup"
grep -q 'cmake --preset release && cmake --build --preset release' $dockerfile ||
	fail "$dockerfile does not make the release build"

# The libraries of ours: what the binaries name themselves, less the C library and the sanitizers.
needed=$(objdump -p "${programs[@]}" | awk '$1 == "NEEDED" { print $2 }' | sort -u |
	grep -Ev '^(libc|libm|libpthread|ld-linux.*|lib[atu]b?san|libgcc_s)\.so')
[ -n "$needed" ] || fail "${programs[*]} link no library"

for library in $needed; do
	path=$(ldd "${programs[@]}" | awk -v name="$library" '$1 == name { print $3; exit }')
	package=$(dpkg -S "$(realpath "$path")" | cut -d: -f1 | head -n 1)
	grep -Eq "^[[:space:]]*$package \\\\$" $dockerfile ||
		fail "$dockerfile does not install $package, which has $library"
done

# And nothing that it does not link.
while read -r package; do
	dpkg -L "$package" | grep -Eq "/($(paste -sd'|' <<<"$needed"))" ||
		fail "$dockerfile installs $package, which nothing links"
done < <(sed -n '/^FROM debian:12-slim$/,$ s/^[[:space:]]*\(lib[a-z0-9-]*\) \\$/\1/p' $dockerfile)

[ $failed -eq 0 ] && echo "ok: $(wc -l <<<"$needed") libraries"
exit $failed
