// SPDX-License-Identifier: MIT
#include "mount/namespace.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace gpiofs::test;

namespace {

/// An ordinary user who may mount on $dir; skips the script where he cannot open /dev/fuse.
constexpr const char* ordinary_user = R"sh(
        user=daemon
        chown $user "$dir"
        as $user test -w /dev/fuse || { echo "cannot open /dev/fuse"; exit 0; }
)sh";

}  // namespace

TEST_CASE("mount(8): type, source and tree, umount and fusermount3 end the program") {
    NEEDS_MOUNT();
    for (const std::string end : {"umount", "fusermount3 -u"}) {
        CAPTURE(end);
        const auto result = in_namespace(R"sh(
            mount -t fuse.mpsse-gpiofs sim:FT232H,base=600 "$dir"
            cat "$dir/gpiochip600/ngpio"
            findmnt -no FSTYPE,SOURCE "$dir"
            )sh" + end + R"sh( "$dir"
            not is_mounted
            soon has_ended)sh");
        CHECK(result.status == 0);
        CHECK(result.out == "16\nfuse.mpsse-gpiofs sim:FT232H,base=600\n");
        CHECK(result.err == "");
    }
}

TEST_CASE("mount(8): a program in a folder of its own, by its path") {
    NEEDS_MOUNT();
    const auto result = in_namespace(R"sh(
        mkdir /run/bin
        mv /usr/local/sbin/mpsse-gpiofs /run/bin
        mount -t fuse /run/bin/mpsse-gpiofs#sim:FT232H "$dir"
        findmnt -no FSTYPE,SOURCE "$dir"
        umount "$dir")sh");
    CHECK(result.status == 0);
    CHECK(result.out == "fuse.mpsse-gpiofs sim:FT232H\n");
    CHECK(result.err == "");
}

TEST_CASE("mount(8): its status and one line tell why there is no mount") {
    NEEDS_MOUNT();
    const auto result = in_namespace(R"sh(
        fails 1 mount -t fuse.mpsse-gpiofs serial:NONE "$dir"
        fails 2 mount -t fuse.mpsse-gpiofs -o colour=red sim:FT232H "$dir"
        fails 2 mpsse-gpiofs -o uid=nobody-such sim:FT232H "$dir"  # newer mount(8) looks itself
        fails 2 mount -t fuse.mpsse-gpiofs -o ro sim:FT232H "$dir"
        touch "$dir/file"
        fails 1 mount -t fuse.mpsse-gpiofs sim:FT232H "$dir"
        rm "$dir/file"
        not is_mounted
        mount -t fuse.mpsse-gpiofs sim:FT232H "$dir"
        fails 1 mount -t fuse.mpsse-gpiofs sim:FT232H "$dir"
        fails 2 mount -o remount,noexec "$dir")sh");
    CHECK(result.status == 0);
    CHECK(result.err ==
          "mpsse-gpiofs: no board serial:NONE is plugged in: plug it in, or use -o wait\n"
          "mpsse-gpiofs: -o: unknown mount option 'colour=red': see --help\n"
          "mpsse-gpiofs: -o: uid: there is no user 'nobody-such'\n"
          "mpsse-gpiofs: -o: 'ro' would leave nothing to use: lines appear by writing to export\n"
          "mpsse-gpiofs: mount point /run/gpio: its files would be hidden; use an empty folder, or "
          "-o nonempty: Directory not empty\n"
          "mpsse-gpiofs: mount point /run/gpio: in use by another mpsse-gpiofs; unmount it with "
          "umount /run/gpio: Device or resource busy\n"
          "mpsse-gpiofs: -o: 'remount' is not possible: unmount, and mount anew\n");
}

TEST_CASE("mount(8): every option of its own is taken, and does what it says") {
    NEEDS_MOUNT();
    const auto result = in_namespace(R"sh(
        shown() {
            mount -t fuse.mpsse-gpiofs -o "$1" sim:FT232H "$dir"
            findmnt -no VFS-OPTIONS "$dir"
            umount "$dir"
        }
        shown defaults,auto,nouser,nofail,_netdev,comment=board,x-systemd.automount,X-mount.mkdir
        shown rw,dev,suid,exec,async,atime,noauto,x-systemd.idle-timeout=1min,x-anything
        shown relatime,strictatime,diratime,lazytime,silent
        shown norelatime,nodiratime,nolazytime,loud
        shown nodev,nosuid,noexec,noatime
        shown user
        shown users,sync,dirsync
        shown owner
        shown group)sh");
    CHECK(result.status == 0);
    CHECK(result.out ==
          "rw,relatime\nrw,relatime\nrw,relatime\nrw,relatime\n"
          "rw,nosuid,nodev,noexec,noatime\n"
          "rw,nosuid,nodev,noexec,relatime\nrw,nosuid,nodev,noexec,relatime\n"
          "rw,nosuid,nodev,relatime\nrw,nosuid,nodev,relatime\n");
    CHECK(result.err == "");
}

TEST_CASE("fstab: by the mount point alone, noauto and nofail as they say") {
    NEEDS_MOUNT();
    const auto result = in_namespace(R"sh(
        mkdir /run/others /run/boards
        cat >/run/fstab <<END
# One line for each way of writing it.
sim:FT232H,base=700  /run/gpio    fuse.mpsse-gpiofs  noauto,nofail,uid=daemon,umask=027  0 0
mpsse-gpiofs#sim:FT2232H  /run/others  fuse  noauto,_netdev,x-systemd.automount  0 0
sim:FT4232H  /run/boards  fuse.mpsse-gpiofs  nofail  0 0
END
        mount -T /run/fstab -a
        findmnt -rno TARGET -t fuse.mpsse-gpiofs
        umount /run/boards
        mount -T /run/fstab "$dir"
        stat -c '%n %U %a' "$dir/gpiochip700/base"
        mount -T /run/fstab /run/others
        cat /run/others/gpiochip512/ngpio
        umount "$dir"
        umount /run/others
        soon has_ended)sh");
    CHECK(result.status == 0);
    CHECK(result.out == "/run/boards\n/run/gpio/gpiochip700/base daemon 440\n16\n");
    CHECK(result.err == "");
}

TEST_CASE(
    "fstab with noauto,user: an ordinary user mounts, uses and unmounts it, and nobody else") {
    NEEDS_MOUNT();
    const auto result = in_namespace(ordinary_user + std::string(R"sh(
        echo 'sim:FT232H /run/gpio fuse.mpsse-gpiofs noauto,user 0 0' >/run/fstab
        mount --bind /run/fstab /etc/fstab
        as $user mount "$dir"
        as $user sh -euc 'cd "$1"; echo 512 >export; echo high >gpio512/direction
                          cat gpio512/value sim/0/adbus0/level' sh "$dir"
        findmnt -no VFS-OPTIONS "$dir" | cut -d, -f-4
        as bin ls "$dir" 2>&1 || true
        as bin fusermount3 -u "$dir" 2>/dev/null || echo "bin may not unmount"
        as bin umount "$dir" 2>/dev/null || echo "bin may not unmount"
        as $user umount "$dir"
        soon has_ended
        as $user mount "$dir"
        as $user fusermount3 -u "$dir"
        soon has_ended
        not is_mounted)sh"));
    if (result.out == "cannot open /dev/fuse\n") {
        SKIP_TEST("only root can open /dev/fuse");
    }
    CHECK(result.status == 0);
    CHECK(result.out ==
          "1\n1\nrw,nosuid,nodev,noexec\n"
          "ls: cannot access '/run/gpio': Permission denied\n"
          "bin may not unmount\nbin may not unmount\n");
    CHECK(result.err == "");
}

TEST_CASE("an ordinary user's mount that cannot be is one line") {
    NEEDS_MOUNT();
    const auto result = in_namespace(ordinary_user + std::string(R"sh(
        fails 1 as bin mpsse-gpiofs sim:FT232H "$dir"
        fails 1 as $user mpsse-gpiofs -o allow_other sim:FT232H "$dir"
        as $user mpsse-gpiofs sim:FT232H "$dir"
        kill_it
        fails 1 as $user mpsse-gpiofs sim:FT232H "$dir"
        as $user fusermount3 -u -z "$dir"
        not is_mounted)sh"));
    if (result.out == "cannot open /dev/fuse\n") {
        SKIP_TEST("only root can open /dev/fuse");
    }
    CHECK(result.status == 0);
    CHECK(result.err ==
          "mpsse-gpiofs: mount point /run/gpio: only who may write to the folder may mount on it: "
          "Permission denied\n"
          "mpsse-gpiofs: allow_other: only root may, unless /etc/fuse.conf has the line "
          "user_allow_other: Operation not permitted\n"
          "mpsse-gpiofs: mount point /run/gpio: a program that was killed left it; run fusermount3 "
          "-u -z /run/gpio: Transport endpoint is not connected\n");
}

TEST_CASE("mount(8) over what a killed program left clears that first") {
    NEEDS_MOUNT();
    const auto result = in_namespace(R"sh(
        mount -t fuse.mpsse-gpiofs sim:FT232H "$dir"
        kill_it
        cat "$dir/export" 2>&1 || true
        mount -t fuse.mpsse-gpiofs sim:FT232H "$dir"
        cat "$dir/gpiochip512/ngpio"
        grep -c " $dir " /proc/self/mountinfo)sh");
    CHECK(result.status == 0);
    CHECK(result.out == "cat: /run/gpio/export: Transport endpoint is not connected\n16\n1\n");
}
