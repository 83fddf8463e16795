// SPDX-License-Identifier: MIT
#include "mount/armed_poller.h"
#include "sanitizer.h"
#include "support/mount.h"
#include "support/skip.h"
#include "support/wait.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <fcntl.h>

using namespace gpiofs::test;

namespace {

constexpr const char* needs_descriptors = "a sanitizer needs descriptors of its own";

/// The program in the foreground, started by a shell that puts its standard streams where `streams`
/// says: "2>/dev/full".
std::vector<std::string> with_streams(const std::string& streams) {
    return {"sh",         "-c",    "exec \"$@\" " + streams, "sh", GPIOFS_PROGRAM, "-f",
            "--simulate", "FT232H"};
}

void use(const Mount& mount) {
    const auto line = mount.export_line(513);
    CHECK(write_text(line / "direction", "high") == "ok");
    CHECK(write_text(line / "value", "0") == "ok");
    CHECK(read_text(line / "value") == "0\n");
    CHECK(write_text(mount / "unexport", "513") == "ok");
}

}  // namespace

TEST_CASE("crash: whatever signal it dies of, pollers wake, and the next start clears the mount") {
    NEEDS_MOUNT();
    for (const int number : {SIGKILL, SIGSEGV, SIGABRT}) {
        CAPTURE(number);
        Mount mount({"--simulate", "FT232H"});
        ArmedPoller poller(mount.export_line(513));
        mount.process().signal(number);
        CHECK(poller.woken() == "ERR");
        CHECK(mount.process().wait() != 0);
        CHECK(poller.reads() == "ENOTCONN");
        CHECK(list(mount.path()) == std::vector<std::string>{"ENOTCONN"});
        const auto next = run({GPIOFS_PROGRAM, "--simulate", "FT232H", mount.path()});
        CHECK(next.status == 0);
        use(mount);
        CHECK(poller.reads() == "ENOTCONN");
        CHECK(::umount2(mount.path().c_str(), 0) == 0);
    }
}

TEST_CASE("crash: a dead mount that is not ours is left alone") {
    NEEDS_MOUNT();
    TemporaryFolder folder;
    const int connection = ::open("/dev/fuse", O_RDWR);
    const auto options = fmt::format("fd={},rootmode=40000,user_id=0,group_id=0", connection);
    REQUIRE(::mount("else", folder.path().c_str(), "fuse.sshfs", 0, options.c_str()) == 0);
    ::close(connection);
    const auto result = run({GPIOFS_PROGRAM, "--simulate", "FT232H", folder.path()});
    CHECK(result.status == 1);
    CHECK(result.err.find("ransport endpoint is not connected") != std::string::npos);
    CHECK(is_mounted(folder.path()));
    CHECK(::umount2(folder.path().c_str(), MNT_DETACH) == 0);
}

TEST_CASE("crash: closed standard streams are not given to boards and /dev/fuse") {
    NEEDS_MOUNT();
    SUBCASE("in the foreground") {
        Mount mount(with_streams("<&- >&- 2>&-"), "export");
        use(mount);
        CHECK(mount.stop() == 0);
    }
    SUBCASE("in the background") {
        TemporaryFolder folder;
        const auto started = shell(fmt::format("{} --simulate FT232H {} <&- >&- 2>&-",
                                               GPIOFS_PROGRAM, folder.path().string()));
        CHECK(started.status == 0);
        CHECK(list(folder.path()).size() == 5);
        CHECK(::umount2(folder.path().c_str(), 0) == 0);
    }
}

TEST_CASE("crash: a full disk for the log takes nothing from the tree") {
    NEEDS_MOUNT();
    Mount mount(with_streams("2>/dev/full"), "export");
    use(mount);
    mount.set_bench("plugged", "0");
    mount.set_bench("plugged", "1");
    CHECK(wait_until([&] { return fs::exists(mount / "gpiochip512"); }));
    use(mount);
    CHECK(mount.stop() == 0);
}

TEST_CASE("crash: what cannot be printed is an error") {
    for (const char* option : {"--list", "--help", "--version"}) {
        CAPTURE(option);
        const auto result = shell(fmt::format("{} {} >/dev/full", GPIOFS_PROGRAM, option));
        CHECK(result.status == 1);
        CHECK(result.err == "mpsse-gpiofs: standard output: No space left on device\n");
    }
}

TEST_CASE("crash: out of descriptors, all that is there goes on") {
    NEEDS_MOUNT();
    if (!sanitizers.empty()) {
        SKIP_TEST(needs_descriptors);
    }
    Mount mount({"--simulate", "FT232H"});
    use(mount);
    const rlimit none{1, 1};
    REQUIRE(::prlimit(mount.process().pid(), RLIMIT_NOFILE, &none, nullptr) == 0);
    use(mount);
    ArmedPoller poller(mount.export_line(514));
    mount.set_bench("adbus2/drive", "0");
    CHECK(poller.woken() == "PRI|ERR");
    mount.set_bench("plugged", "0");
    CHECK(poller.reads() == "ENODEV");
    mount.set_bench("plugged", "1");
    CHECK(wait_until([&] { return fs::exists(mount / "gpiochip512"); }));
    use(mount);
    CHECK(mount.stop() == 0);
}

TEST_CASE(
    "crash: with too few file descriptors to see a board it says so, and not that there is none") {
    NEEDS_MOUNT();
    if (!sanitizers.empty()) {
        SKIP_TEST(needs_descriptors);
    }
    const TemporaryFolder folder;
    for (const char* mode : {"", " -f"}) {
        const auto refused = shell("exec prlimit --nofile=8 " + std::string(GPIOFS_PROGRAM) + mode +
                                   " " + folder.path().string());
        CHECK(refused.status == 1);
        CHECK(refused.err.find("file descriptors") != std::string::npos);
        CHECK(std::count(refused.err.begin(), refused.err.end(), '\n') == 1);
    }
}
