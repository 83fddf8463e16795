// SPDX-License-Identifier: MIT
// The ends of resources: the exit status tells whether a daemon serves, whatever has run out.
#include "mount/namespace.h"
#include "sanitizer.h"
#include "support/skip.h"

#include <doctest/doctest.h>

using namespace gpiofs::test;

namespace {

/// "limited N" starts the program as $user with that limit and checks what it says: status
/// 0 and a tree, or status 1, one line, beside those that libfuse prints itself, and nothing left.
constexpr const char* prelude = R"sh(
    exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-  # what the test's own parent has left open
    chown $user "$dir"
    serves() { as $user ls "$dir/export" >/run/ls 2>&1; }
    limited() {
        local status=0
        as $user prlimit "$1=$2" mpsse-gpiofs --simulate FT232H "$dir" >/run/out 2>&1 || status=$?
        if [ $status = 0 ]; then
            serves || echo "$*: status 0, and nothing serves"
            kill -KILL $(daemon)
            soon has_ended
            umount -l "$dir"
        else
            [ $status = 1 ] || echo "$*: status $status"
            [ "$(grep -vc '^fuse: ' /run/out)" = 1 ] || { echo "$*: not one line:"; cat /run/out; }
            soon has_ended
            not is_mounted || { echo "$*: a mount is left"; umount -l "$dir"; }
        fi
        last=$status
    }
)sh";

/// Each with a user of its own: the limit of processes counts those of all tests that run.
Finished with_limits(const std::string& user, const std::string& script) {
    return in_namespace("user=" + user + prelude + script);
}

}  // namespace

TEST_CASE("limits: of processes, from none up") {
    NEEDS_MOUNT();
    if (!sanitizers.empty()) {
        SKIP_TEST("a sanitizer needs threads of its own");
    }
    const auto result = with_limits("uucp", R"sh(
        for number in 1 2 3 4 5 6 7 8 9 10 12 16; do
            limited --nproc $number
            [ $number != 1 ] || echo $last
        done
        echo $last)sh");
    CHECK(result.err == "");
    CHECK(result.status == 0);
    CHECK(result.out == "1\n0\n");
}

TEST_CASE("limits: of descriptors, from none up") {
    NEEDS_MOUNT();
    if (!sanitizers.empty()) {
        SKIP_TEST("a sanitizer needs descriptors of its own");
    }
    // With three the dynamic linker finds no library.
    const auto result = with_limits("news", R"sh(
        for number in 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 24 32; do
            limited --nofile $number
            [ $number != 4 ] || echo $last
        done
        echo $last)sh");
    CHECK(result.err == "");
    CHECK(result.status == 0);
    CHECK(result.out == "1\n0\n");
}
