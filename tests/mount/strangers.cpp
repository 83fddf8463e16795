// SPDX-License-Identifier: MIT
// What other users, and other programs of ours that do not answer, can do to root's daemon.
#include "mount/namespace.h"
#include "support/skip.h"

#include <doctest/doctest.h>

using namespace gpiofs::test;

namespace {

/// $home is a folder of the user bin's, $elsewhere a mount of root's that nobody may touch. "old"
/// runs a command in the mount namespace as it was before anything of ours was mounted in it: the
/// kernel lets users rename and remove mount points there.
constexpr const char* prelude = R"sh(
    home=/run/home
    mkdir "$home"
    chown bin "$home"
    elsewhere=/run/elsewhere
    mkdir "$elsewhere"
    mount -t tmpfs none "$elsewhere"
    unshare --mount --propagation private sleep 600 & old_pid=$!
    trap 'kill $old_pid' EXIT
    differs() { [ "$(readlink /proc/$old_pid/ns/mnt)" != "$(readlink /proc/self/ns/mnt)" ]; }
    soon differs
    old() { nsenter --target $old_pid --mount setpriv --reuid=bin --regid=bin --clear-groups "$@"; }
    mounts_of() { grep -c " $1 .* $2" /proc/self/mountinfo || true; }
)sh";

Finished with_stranger(const std::string& script) { return in_namespace(prelude + script); }

}  // namespace

TEST_CASE("strangers: a mount point that was renamed, with a link in its place, is found again") {
    NEEDS_MOUNT();
    const auto result = with_stranger(R"sh(
        as bin mkdir "$home/gpio"
        mpsse-gpiofs --simulate FT232H "$home/gpio"
        old mv "$home/gpio" "$home/moved"
        old ln -s "$elsewhere" "$home/gpio"
        mounts_of "$home/moved" fuse.mpsse-gpiofs
        term
        mounts_of "$home/moved" fuse.mpsse-gpiofs
        mounts_of "$elsewhere" tmpfs)sh");
    CHECK(result.err == "");
    CHECK(result.status == 0);
    CHECK(result.out == "1\n0\n1\n");
}

TEST_CASE("strangers: a mount point that was moved elsewhere is found again") {
    NEEDS_MOUNT();
    const auto result = with_stranger(R"sh(
        as bin mkdir -p "$home/a/gpio" "$home/b/c"
        mpsse-gpiofs --simulate FT232H "$home/a/gpio"
        old mv "$home/a/gpio" "$home/b/c/moved"
        old rmdir "$home/a"
        old ln -s "$elsewhere" "$home/a"
        mounts_of "$home/b/c/moved" fuse.mpsse-gpiofs
        term
        mounts_of "$home/b/c/moved" fuse.mpsse-gpiofs
        mounts_of "$elsewhere" tmpfs)sh");
    CHECK(result.err == "");
    CHECK(result.status == 0);
    CHECK(result.out == "1\n0\n1\n");
}

TEST_CASE("strangers: a mount point that was removed takes nothing else with it") {
    NEEDS_MOUNT();
    const auto result = with_stranger(R"sh(
        as bin mkdir "$home/gpio"
        mpsse-gpiofs --simulate FT232H "$home/gpio"
        old rmdir "$home/gpio"
        old ln -s "$elsewhere" "$home/gpio"
        soon has_ended
        mounts_of "$elsewhere" tmpfs)sh");
    CHECK(result.err == "");
    CHECK(result.status == 0);
    CHECK(result.out == "1\n");
}

TEST_CASE("strangers: a mount that cannot be unmounted is told of, one that has gone is not") {
    NEEDS_MOUNT();
    const auto result = with_stranger(R"sh(
        mkdir "$elsewhere/gpio"
        for what in "mount --move $dir $elsewhere/gpio" "umount -l $dir"; do
            mpsse-gpiofs -f --simulate FT232H "$dir" 2>/run/log &
            soon test -e "$dir/export"
            exec 8<"$dir/gpiochip512/base"  # without it the connection would end with umount
            $what
            term
            exec 8<&-
            sed -n '/unmount/p' /run/log
            ! grep -q " $elsewhere/gpio " /proc/self/mountinfo || umount -l "$elsewhere/gpio"
        done)sh");
    CHECK(result.err == "");
    CHECK(result.status == 0);
    CHECK(result.out ==
          "mpsse-gpiofs: cannot unmount /run/elsewhere/gpio: its folder is not found there: run "
          "umount -l /run/elsewhere/gpio\n");
}

TEST_CASE("strangers: root follows another user's link to no mount point, and its own as ever") {
    NEEDS_MOUNT();
    const auto result = with_stranger(R"sh(
        mkdir "$elsewhere/gpio"
        as bin ln -s "$elsewhere" "$home/link"
        as bin ln -s "$elsewhere/gpio" "$home/gpio"
        fails 1 mpsse-gpiofs --simulate FT232H "$home/gpio"
        fails 1 mpsse-gpiofs --simulate FT232H "$home/link/gpio"
        fails 1 mpsse-gpiofs --simulate FT232H --mount-below "$home/link"
        fails 1 mpsse-gpiofs --clear-below "$home/link"
        ln -s elsewhere/gpio /run/mine
        mpsse-gpiofs --simulate FT232H /run/mine/
        mounts_of "$elsewhere/gpio" fuse.mpsse-gpiofs
        kill_it
        mpsse-gpiofs --simulate FT232H /run/mine/
        mounts_of "$elsewhere/gpio" fuse.mpsse-gpiofs
        term)sh");
    CHECK(result.status == 0);
    CHECK(result.out == "1\n1\n");
    CHECK(
        result.err ==
        "mpsse-gpiofs: mount point /run/home/gpio: 'gpio' on the way is a link of user 2, who can "
        "make it lead anywhere; name the folder without it: Too many levels of symbolic links\n"
        "mpsse-gpiofs: mount point /run/home/link/gpio: 'link' on the way is a link of user 2, who "
        "can make it lead anywhere; name the folder without it: Too many levels of symbolic "
        "links\n"
        "mpsse-gpiofs: folder /run/home/link: 'link' on the way is a link of user 2, who can make "
        "it lead anywhere; name the folder without it: Too many levels of symbolic links\n"
        "mpsse-gpiofs: folder /run/home/link: 'link' on the way is a link of user 2, who can make "
        "it lead anywhere; name the folder without it: Too many levels of symbolic links\n"
        "mpsse-gpiofs: cleared a dead mount at /run/elsewhere/gpio\n");
}

TEST_CASE("strangers: a program that does not answer keeps nobody waiting, and is named") {
    NEEDS_MOUNT();
    const auto result = with_stranger(R"sh(
        mpsse-gpiofs --simulate FT232H,serial=STUCK --mount-below /run/shelf
        stuck=$(daemon)
        kill -STOP $stuck
        is_stopped() { not grep -qs '^State:.[^T]' /proc/$stuck/task/*/status; }
        soon is_stopped
        mpsse-gpiofs --clear-below /run/shelf
        fails 1 mpsse-gpiofs --simulate FT232H /run/shelf/STUCK
        mpsse-gpiofs --simulate FT232H,serial=STUCK --mount-below /run/shelf
        echo /run/shelf/*
        kill -CONT $stuck
        term
        echo /run/shelf/*)sh");
    CHECK(result.status == 0);
    CHECK(result.out == "/run/shelf/STUCK /run/shelf/sim0\n/run/shelf/*\n");
    CHECK(result.err ==
          "mpsse-gpiofs: /run/shelf/STUCK: its mpsse-gpiofs does not answer; left alone\n"
          "mpsse-gpiofs: mount point /run/shelf/STUCK: in use by another mpsse-gpiofs, which does "
          "not answer; unmount it with umount -l /run/shelf/STUCK: Device or resource busy\n");
}

TEST_CASE("strangers: a lock on the folder that boards share keeps nobody waiting") {
    NEEDS_MOUNT();
    const auto result = with_stranger(R"sh(
        mkdir /run/shelf
        as bin flock /run/shelf sleep 600 & locker=$!
        is_locked() { grep -q ":$(stat -c %i /run/shelf) " /proc/locks; }
        soon is_locked
        mpsse-gpiofs --simulate FT232H,serial=A --mount-below /run/shelf
        echo /run/shelf/*
        term
        mpsse-gpiofs --clear-below /run/shelf
        echo /run/shelf/*
        kill $locker)sh");
    CHECK(result.err == "");
    CHECK(result.status == 0);
    CHECK(result.out == "/run/shelf/A\n/run/shelf/*\n");
}

TEST_CASE("strangers: no descriptor of the caller's is kept") {
    NEEDS_MOUNT();
    const auto result = with_stranger(R"sh(
        (
            flock 9
            exec 8<"$elsewhere"
            mpsse-gpiofs --simulate FT232H "$dir"
        ) 9>/run/lock
        flock --nonblock /run/lock echo free
        umount "$elsewhere"
        readlink /proc/$(daemon)/fd/* | grep -c -e /run/lock || true
        term)sh");
    CHECK(result.err == "");
    CHECK(result.status == 0);
    CHECK(result.out == "free\n0\n");
}

TEST_CASE("strangers: neither the mount nor its place is held, which would keep it from expiring") {
    NEEDS_MOUNT();
    const auto result = with_stranger(R"sh(
        mpsse-gpiofs --simulate FT232H "$dir"
        readlink /proc/$(daemon)/fd/* | grep -c "^$dir" || true
        umount "$dir"
        soon has_ended)sh");
    CHECK(result.err == "");
    CHECK(result.status == 0);
    CHECK(result.out == "0\n");
}

TEST_CASE("strangers: root that may not mount is told who may") {
    NEEDS_MOUNT();
    const auto result = with_stranger(R"sh(
        fails 1 setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin \
            mpsse-gpiofs --simulate FT232H "$dir"
        not is_mounted)sh");
    CHECK(result.status == 0);
    CHECK(
        result.err ==
        "mpsse-gpiofs: mount at /run/gpio: run as root with CAP_SYS_ADMIN, or in a user namespace "
        "(unshare -Urm): Operation not permitted\n");
}
