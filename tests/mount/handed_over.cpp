// SPDX-License-Identifier: MIT
#include "mount/armed_poller.h"
#include "mount/namespace.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/mount.h>

#include <csignal>
#include <fcntl.h>
#include <regex>
#include <unistd.h>

using namespace gpiofs::test;

namespace {

/// A mount that is made as mount.fuse3(8) makes it for -o drop_privileges, with the program serving
/// it in the foreground, without a single capability.
class HandedOver {
  public:
    HandedOver() : path_(folder_.path() / "mnt"), log_(folder_.path() / "log") {
        fs::create_directory(path_);
        const int connection = ::open("/dev/fuse", O_RDWR);  // inherited by the program
        const auto options =
            fmt::format("fd={},rootmode=40000,user_id=0,group_id=0,default_permissions,allow_other",
                        connection);
        REQUIRE(::mount("board", path_.c_str(), "fuse.mpsse-gpiofs", 0, options.c_str()) == 0);
        program_ = std::make_unique<Process>(
            std::vector<std::string>{
                "setpriv", "--bounding-set=-all", "--no-new-privs",
                "--securebits=+noroot,+noroot_locked", GPIOFS_PROGRAM, "-f", "--simulate", "FT232H",
                "-o", "default_permissions,allow_other", fmt::format("/dev/fd/{}", connection)},
            log_);
        ::close(connection);
    }
    HandedOver(const HandedOver&) = delete;
    HandedOver& operator=(const HandedOver&) = delete;
    ~HandedOver() {
        program_.reset();
        ::umount2(path_.c_str(), MNT_DETACH);
    }

    const fs::path& path() const noexcept { return path_; }
    Process& program() noexcept { return *program_; }
    std::string log() const { return read_text(log_); }

  private:
    TemporaryFolder folder_;
    fs::path path_;
    fs::path log_;
    std::unique_ptr<Process> program_;
};

/// What the manual says to write.
constexpr const char* documented_line = R"sh(
    options=drop_privileges,default_permissions,allow_other,fsname=gpio
    mount_it() { mount -t fuse.mpsse-gpiofs -o "$options" sim:FT232H "$dir"; }
    is_dead() { [ "$(ls "$dir" 2>&1)" = "ls: cannot access '$dir': Transport endpoint is not connected" ]; }
)sh";

}  // namespace

TEST_CASE("handed over: at the end waiters wake and are told, and a dead mount remains") {
    NEEDS_MOUNT();
    HandedOver mount;
    REQUIRE(write_text(mount.path() / "export", "513") == "ok");
    CHECK(read_text(fmt::format("/proc/{}/status", mount.program().pid()))
              .find("CapEff:\t0000000000000000\n") != std::string::npos);
    ArmedPoller poller(mount.path() / "gpio513");
    mount.program().signal(SIGTERM);
    CHECK(poller.woken() == "PRI|ERR");
    CHECK(poller.reads() == "ENODEV");
    CHECK(mount.program().wait() == 0);
    CHECK(list(mount.path()) == std::vector<std::string>{"ENOTCONN"});
    CHECK(is_mounted(mount.path()));
    CHECK(::umount2(mount.path().c_str(), MNT_DETACH) == 0);
    CHECK(sanitizer_report(mount.log()) == "");
}

TEST_CASE("handed over: umount ends the program with 0") {
    NEEDS_MOUNT();
    HandedOver mount;
    REQUIRE(list(mount.path()).size() == 5);
    CHECK(::umount2(mount.path().c_str(), 0) == 0);
    CHECK(mount.program().wait() == 0);
    CHECK(sanitizer_report(mount.log()) == "");
}

TEST_CASE("handed over: what is no connection to FUSE is refused") {
    NEEDS_MOUNT();
    const auto said = [](const std::string& place) {
        const auto result =
            run({GPIOFS_PROGRAM, "-o", "default_permissions", "--simulate", "FT232H", place});
        CHECK(result.status == 1);
        return result.err;
    };
    CHECK(said("/dev/fd/99") ==
          "mpsse-gpiofs: mount point /dev/fd/99: No such file or directory\n");
    CHECK(said("/dev/fd/0") ==
          "mpsse-gpiofs: mount point /dev/fd/0: not an open /dev/fuse: No such device\n");
    CHECK(said("/dev/fd/x") ==
          "mpsse-gpiofs: mount point /dev/fd/x; create the folder first: No such file or "
          "directory\n");
}

TEST_CASE("drop_privileges: the documented line, a user who may and one who may not") {
    NEEDS_MOUNT();
    const auto result = in_namespace(documented_line + std::string(R"sh(
        options=$options,uid=daemon,umask=077
        mount_it
        findmnt -rno FSTYPE,SOURCE,FS-OPTIONS "$dir"
        grep -E '^(CapPrm|CapEff|CapBnd|NoNewPrivs)' /proc/$(daemon)/status
        as daemon sh -euc 'cd "$1"; echo 512 >export; echo high >gpio512/direction
                           cat gpio512/value' sh "$dir"
        as bin ls "$dir" 2>&1 || true
        umount "$dir"
        soon has_ended)sh"));
    CHECK(result.status == 0);
    CHECK(result.out ==
          "fuse.mpsse-gpiofs gpio rw,user_id=0,group_id=0,default_permissions,allow_other\n"
          "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n"
          "NoNewPrivs:\t1\n"
          "1\nls: cannot open directory '/run/gpio': Permission denied\n");
    CHECK(result.err == "");
}

TEST_CASE(
    "drop_privileges: SIGTERM leaves a dead mount, and each of the documented ways clears it") {
    NEEDS_MOUNT();
    const auto result = in_namespace(documented_line + std::string(R"sh(
        for way in "umount $dir" "fusermount3 -u $dir"; do
            mount_it
            term
            is_dead
            $way
            not is_mounted
        done
        mount_it
        term
        fails 1 mount_it  # mount.fuse3 itself, before the program has a say
        mpsse-gpiofs --simulate FT232H "$dir"  # clears it
        grep -c " $dir " /proc/self/mountinfo
        umount "$dir")sh"));
    CHECK(result.status == 0);
    CHECK(result.out == "1\n");
    CHECK(result.err.find("failed to access mountpoint") != std::string::npos);
}

TEST_CASE("drop_privileges: a program that cannot start leaves a dead mount too, and says why") {
    NEEDS_MOUNT();
    const auto result = in_namespace(documented_line + std::string(R"sh(
        fails 1 mount -t fuse.mpsse-gpiofs -o "$options" serial:NONE "$dir"
        is_dead
        umount "$dir"
        fails 1 mount -t fuse.mpsse-gpiofs -o drop_privileges,allow_other sim:FT232H "$dir"
        is_dead
        umount "$dir")sh"));
    CHECK(result.status == 0);
    // Which descriptor it is depends on those that the test's own parent has left open.
    const std::string lines =
        std::regex_replace(result.err, std::regex("/dev/fd/[0-9]+"), "/dev/fd/N");
    CHECK(lines ==
          "mpsse-gpiofs: no board serial:NONE is plugged in: plug it in, or use -o wait\n"
          "mpsse-gpiofs: mount point /dev/fd/N: mounted already, and open to everybody who reaches "
          "it: mount with -o default_permissions\n");
}

TEST_CASE("drop_privileges with setuid: the program and its mount are that user's") {
    NEEDS_MOUNT();
    const auto result = in_namespace(documented_line + std::string(R"sh(
        options=$options,setuid=daemon
        chown daemon "$dir"
        mount_it
        stat -c '%U %G %a' "$dir/export"
        stat -c %U /proc/$(daemon)
        as daemon sh -euc 'echo 513 >"$1/export"; cat "$1/gpio513/value" "$1/sim/0/plugged"' sh "$dir"
        as bin cat "$dir/gpio513/value"
        term
        is_dead
        as daemon fusermount3 -u "$dir"
        not is_mounted)sh"));
    CHECK(result.status == 0);
    CHECK(result.out == "daemon daemon 200\ndaemon\n1\n1\n1\n");
    CHECK(result.err == "");
}
