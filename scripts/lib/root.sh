# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A bare Debian in a scratch folder, to build and test in. Each command in it has namespaces of its
# own, so that what it mounts and starts ends with it, and all of it ends with the script. test-release
# and test-arm64 source it, as root.

scratch=
emulation=()
child=
export cache=

skip() {
    echo "SKIPPED: $*"
    exit 77
}

end_root() {
    if [ -n "$child" ]; then
        kill -KILL "$child"
        wait "$child"
    fi 2>/dev/null
    [ -z "$scratch" ] || rm -rf --one-file-system -- "$scratch"
}
trap end_root EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# apart COMMAND...: in namespaces of its own. In the background, because bash hears no signal while it
# waits for a command in the foreground.
apart() {
    local status=0
    setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child --mount-proc "$@" &
    child=$!
    wait "$child" || status=$?
    child=
    return "$status"
}

# in_root SECONDS COMMAND...: in the copy of the tree.
in_root() {
    # shellcheck disable=SC2016 # for the other shell
    apart sh -euc '
        mount --bind "$1" "$1"
        cd "$1"
        shift
        mount -t proc proc proc
        mount -t sysfs sysfs sys
        mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
        if [ -e /dev/fuse ]; then
            : >dev/fuse
            mount --bind /dev/fuse dev/fuse
        fi
        if [ -n "$cache" ]; then
            mkdir -p ccache
            mount --bind "$cache" ccache
        fi
        pivot_root . mnt
        umount -l mnt
        cd /src
        exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
            DEBIAN_FRONTEND=noninteractive CCACHE_DIR=/ccache CMAKE_CXX_COMPILER_LAUNCHER="${cache:+ccache}" \
            sh -c "\"\$@\"; exit \$?" sh "$@"
        ' sh "$scratch/root" "${emulation[@]}" timeout --kill-after=10 "$@"
}

# make_root SUITE ARCHITECTURE: a bare root, with a copy of this tree in its /src.
make_root() {
    local suite=$1 architecture=$2 mirror root log
    [ "$(id -u)" -eq 0 ] || skip "only root can make a bare root"
    apt-get update -qq || true  # its lists tell the mirror
    if ! command -v debootstrap >/dev/null; then
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null ||
            skip "debootstrap cannot be installed"
    fi
    # shellcheck disable=SC2016 # apt's own variable
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
    [ -n "$mirror" ] || skip "apt has no list of Debian's packages"
    if [ "$architecture" = i386 ]; then
        emulation=(setarch i386)
    fi

    mkdir -p build
    scratch=$(mktemp -d "$PWD/build/root-$suite-$architecture-XXXXXX")
    chmod 755 "$scratch"
    root=$scratch/root log=$scratch/log
    apart timeout 600 debootstrap --variant=minbase --arch="$architecture" "$suite" "$root" "$mirror" >"$log" 2>&1 ||
        skip "no root of $suite for $architecture: $(tail -n 1 "$log")"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    # A system that has started has it, and fusermount3 needs it.
    ln -s ../proc/self/mounts "$root/etc/mtab"
    # Nothing is to be started in it; and a mirror may be a snapshot, long out of date.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/snapshot"
    mkdir "$root/src"
    tar -c --exclude=./build --exclude=./.git . | tar -x -C "$root/src" --no-same-owner
    in_root 30 true || exit 1  # a defect of ours, or a machine that lets root make no namespaces
    in_root 300 apt-get update -qq || skip "the packages of $suite cannot be fetched"
    if command -v ccache >/dev/null && in_root 300 apt-get install -y -qq ccache >"$log" 2>&1; then
        cache=$(ccache --get-config cache_dir)
        mkdir -p "$cache"
    fi
}
