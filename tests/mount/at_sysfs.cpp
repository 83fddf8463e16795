// SPDX-License-Identifier: MIT
#include "mount/namespace.h"
#include "support/mount.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace gpiofs::test;

namespace {

/// What every script starts with: the program in the foreground of a shell's job, and what is
/// there.
constexpr const char* prelude = R"sh(
program=$1
place=/sys/class/gpio
start() { "$program" -f --simulate FT232H --at-sysfs "$@" & pid=$!; until_mounted; }
until_mounted() { while [ ! -e $place/gpiochip512 ] && [ -e /proc/$pid/stat ]; do sleep 0.05; done; }
end() { kill -TERM $pid; wait $pid; }
kill_it() { kill -KILL $pid; wait $pid 2>/dev/null || true; }
is_clean() { ! grep -q ' /sys/class' /proc/self/mountinfo; }
as_if_the_kernel_had_one() {
    mount -t tmpfs none /mnt
    mkdir /mnt/gpio
    echo kernel >/mnt/gpio/export
    mount -t overlay -o ro,lowerdir=/mnt:/sys/class none /sys/class
}
)sh";

/// In namespaces of its own the machine's /sys stays as it is.
Finished at_place(const std::string& script) { return in_namespace(prelude + script); }

/// The kernel's number of it is the same on every machine.
constexpr const char* first_process_namespace = "pid:[4026531836]";

bool kernel_has_one() { return fs::exists("/sys/class/gpio"); }

}  // namespace

#define NEEDS_EMPTY_PLACE()                                       \
    do {                                                          \
        NEEDS_MOUNT();                                            \
        if (kernel_has_one()) {                                   \
            SKIP_TEST("this kernel has its own /sys/class/gpio"); \
        }                                                         \
    } while (false)

TEST_CASE("at /sys/class/gpio where the kernel has none: an overlay adds it, and goes with it") {
    NEEDS_EMPTY_PLACE();
    const auto result = at_place(R"sh(
        before=$(ls /sys/class)
        start
        echo 513 >$place/export
        cat $place/gpio513/value
        [ "$(ls /sys/class | grep -vx gpio)" = "$before" ]
        ! touch /sys/class/x 2>/dev/null
        end
        [ "$(ls /sys/class)" = "$before" ]
        is_clean
        find /run -name 'mpsse-gpiofs*')sh");
    CHECK(result.status == 0);
    CHECK(result.out == "1\n");
}

TEST_CASE("at /sys/class/gpio: what a killed program leaves is cleared, and not mistaken") {
    NEEDS_EMPTY_PLACE();
    SUBCASE("on demand") {
        const auto result = at_place(R"sh(
            start
            kill_it
            ! is_clean
            "$program" --clear-sysfs
            is_clean
            "$program" --clear-sysfs)sh");
        CHECK(result.status == 0);
    }
    SUBCASE("by the next start") {
        const auto result = at_place(R"sh(
            start
            kill_it
            start
            cat $place/gpiochip512/ngpio
            end
            is_clean)sh");
        CHECK(result.status == 0);
        CHECK(result.out == "16\n");
    }
    SUBCASE("but not while it is alive") {
        const auto result = at_place(R"sh(
            start
            "$program" --clear-sysfs
            ! "$program" --simulate FT232H --at-sysfs
            cat $place/gpiochip512/ngpio
            end
            is_clean)sh");
        CHECK(result.status == 0);
        CHECK(result.out == "16\n");
        CHECK(result.err.find("/sys/class/gpio: in use by another mpsse-gpiofs: Device or resource "
                              "busy\n") != std::string::npos);
    }
}

TEST_CASE("at /sys/class/gpio: who has made the place and not mounted yet has it already") {
    NEEDS_EMPTY_PLACE();
    const auto result = at_place(R"sh(
        "$program" -f -o timeout_ms=60000 --simulate FT232H,engine_ns=200000000 --at-sysfs & pid=$!
        while is_clean && [ -e /proc/$pid/stat ]; do sleep 0.01; done
        kill -STOP $pid
        "$program" --clear-sysfs
        ! "$program" --simulate FT232H --at-sysfs
        echo $(ls $place)
        kill -CONT $pid
        until_mounted
        cat $place/gpiochip512/ngpio
        end
        is_clean)sh");
    CHECK(result.status == 0);
    CHECK(result.out == "\n16\n");
    CHECK(result.err.find("in use by another") != std::string::npos);
}

TEST_CASE(
    "at /sys/class/gpio: the other classes stay the kernel's, which knows what comes and goes") {
    NEEDS_EMPTY_PLACE();
    const auto result = at_place(R"sh(
        start
        for class in /sys/class/*/; do
            [ $class = $place/ ] || stat -f -c %T $class
        done | sort -u
        end
        is_clean)sh");
    CHECK(result.status == 0);
    CHECK(result.out == "sysfs\n");
}

TEST_CASE("at /sys/class/gpio where the kernel has one: only with --hide-kernel, and given back") {
    NEEDS_EMPTY_PLACE();
    const auto result = at_place(R"sh(
        as_if_the_kernel_had_one
        ! "$program" --simulate FT232H --at-sysfs
        cat $place/export
        start --hide-kernel
        cat $place/gpiochip512/ngpio
        end
        cat $place/export
        start --hide-kernel
        kill_it
        "$program" --clear-sysfs
        cat $place/export)sh");
    CHECK(result.status == 0);
    CHECK(result.out == "kernel\n16\nkernel\nkernel\n");
    CHECK(result.err.find("the kernel has GPIO lines at /sys/class/gpio: --hide-kernel hides them, "
                          "or mount somewhere else: File exists\n") != std::string::npos);
}

TEST_CASE("at /sys/class/gpio: a lock that a stranger has taken keeps nobody from it") {
    NEEDS_EMPTY_PLACE();
    if (fs::read_symlink("/proc/self/ns/pid") != first_process_namespace) {
        SKIP_TEST("in a process namespace the kernel tells of no lock whose process has ended");
    }
    std::string stranger;
    std::string settled = "true";
    SUBCASE("himself") {
        stranger = R"sh(/usr/bin/python3 -c '
import fcntl, time
file = open("/proc/self/ns/mnt")
fcntl.flock(file, fcntl.LOCK_EX)
time.sleep(60)')sh";
    }
    SUBCASE("by a process that has ended") {
        stranger = "sh -c 'exec 9</proc/self/ns/mnt; flock 9; exec sleep 60'";
    }
    SUBCASE("by a process that runs a set-user-ID program of root's") {
        stranger = R"sh(/usr/bin/python3 -c '
import fcntl, os
file = os.open("/proc/self/ns/mnt", os.O_RDONLY)
fcntl.flock(file, fcntl.LOCK_EX)
os.set_inheritable(file, True)
os.execv("/mnt/sleep", ["sleep", "60"])')sh";
        settled = R"sh([ "$(cat /proc/$stranger/comm)" = sleep ])sh";
    }
    const std::string script =
        "mount -t tmpfs none /mnt; cp /bin/sleep /mnt; chmod 4755 /mnt/sleep\n"
        "setpriv --reuid=65534 --regid=65534 --clear-groups " +
        stranger +
        R"sh( & stranger=$!
        trap 'kill $stranger' EXIT
        while ! grep -q ":$(stat -Lc %i /proc/self/ns/mnt) " /proc/locks; do sleep 0.05; done
        until )sh" +
        settled + R"sh(; do sleep 0.05; done
        start
        cat $place/gpiochip512/ngpio
        end
        is_clean)sh";
    const auto result =
        run({"unshare", "-m", "sh", "-euc", prelude + script, "sh", GPIOFS_PROGRAM});
    CHECK(result.status == 0);
    CHECK(result.out == "16\n");
    CHECK(result.err.find("which is not one of ours, has locked it; going on") !=
          std::string::npos);
}

TEST_CASE("at /sys/class/gpio as an ordinary user, in a namespace of his own") {
    NEEDS_EMPTY_PLACE();
    const std::vector<std::string> as_user{"setpriv", "--reuid=65534", "--regid=65534",
                                           "--clear-groups"};
    auto command = as_user;
    command.insert(command.end(),
                   {"sh", "-c", R"sh(test -x "$0" && unshare -Urm true)sh", GPIOFS_PROGRAM});
    if (run(command).status != 0) {
        SKIP_TEST("an ordinary user cannot reach the program, or has no namespaces");
    }
    command = as_user;
    command.insert(command.end(), {"unshare", "-Urm", "sh", "-euc", std::string(prelude) + R"sh(
            start
            echo 513 >$place/export
            cat $place/gpio513/value
            end
            is_clean)sh",
                                   "sh", GPIOFS_PROGRAM});
    const auto result = run(command);
    CHECK(result.status == 0);
    CHECK(result.out == "1\n");
}
