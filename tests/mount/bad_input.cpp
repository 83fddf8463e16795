// SPDX-License-Identifier: MIT
#include "mount/namespace.h"
#include "support/mount.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>

using namespace gpiofs::test;

namespace {

/// Runs the program to its end and checks that it failed with one line that says these things.
void check_fails(const std::vector<std::string>& arguments, int status,
                 const std::vector<std::string>& said) {
    std::vector<std::string> command{GPIOFS_PROGRAM};
    command.insert(command.end(), arguments.begin(), arguments.end());
    CAPTURE(fmt::format("{}", fmt::join(command, " ")));
    const auto result = run(command);
    CHECK(result.status == status);
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
    for (const auto& words : said) {
        CAPTURE(result.err);
        CHECK(result.err.find(words) != std::string::npos);
    }
}

bool user_allow_other() { return shell("grep -qx user_allow_other /etc/fuse.conf").status == 0; }

}  // namespace

TEST_CASE("a mount point that cannot be used is one line and status 1") {
    NEEDS_MOUNT();
    const TemporaryFolder folder;
    const std::string absent = folder.path() / "absent";
    const TemporaryFolder full;
    const std::string file = full.path() / "file";
    REQUIRE(open_file(file, O_WRONLY | O_CREAT));
    check_fails({"--simulate", "FT232H", full.path()}, 1, {full.path(), "-o nonempty"});
    check_fails({"--simulate", "FT232H", absent}, 1, {absent, "create the folder first"});
    check_fails({"--simulate", "FT232H", file}, 1, {file, "not a folder"});
    check_fails({"--simulate", "FT232H", folder.path() / std::string(256, 'x')}, 1, {"too long"});
    check_fails({"--simulate", "FT232H"}, 2, {"MOUNTPOINT is missing"});
    check_fails({"--nonsense", folder.path()}, 2, {"--nonsense"});
    check_fails({"--simulate", "FT999", folder.path()}, 2, {"FT999"});
}

TEST_CASE("without fusermount3 an ordinary user is told to install it") {
    NEEDS_MOUNT();
    if (::geteuid() != 0) {
        SKIP_TEST("only root can hide fusermount3");
    }
    const TemporaryFolder folder;
    fs::permissions(folder.path(), fs::perms(0755));
    REQUIRE(::chown(folder.path().c_str(), 65534, 65534) == 0);
    const auto done = shell(fmt::format(
        "unshare -m sh -euc 'mount --bind /dev/null /usr/bin/fusermount3;"
        " exec setpriv --reuid=65534 --regid=65534 --clear-groups {} --simulate FT232H {}' || "
        "echo status $?",
        GPIOFS_PROGRAM, folder.path().string()));
    CAPTURE(done.err);  // a line of libfuse's comes first
    CHECK(done.out == "status 1\n");
    CHECK(done.err.find("fusermount3 is not installed: install fuse3") != std::string::npos);
}

TEST_CASE("without /dev/fuse, or as a user who may not allow others, it says what to do") {
    NEEDS_MOUNT();
    const TemporaryFolder folder;
    const std::string program = GPIOFS_PROGRAM;
    const std::string arguments = " --simulate FT232H " + folder.path().string();
    const auto hidden = run(
        {"unshare", "-m", "sh", "-c", "mount -t tmpfs none /dev && exec " + program + arguments});
    CHECK(hidden.status == 1);
    CHECK(hidden.err.find("modprobe fuse") != std::string::npos);
    CHECK(std::count(hidden.err.begin(), hidden.err.end(), '\n') == 1);

    REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
    const std::vector<std::string> as_nobody{"setpriv", "--reuid=65534", "--regid=65534",
                                             "--clear-groups"};
    const auto with = [&](const std::string& command) {
        auto words = as_nobody;
        words.insert(words.end(), {"sh", "-c", command});
        return run(words);
    };
    if (with("test -x " + program).status != 0 || user_allow_other()) {
        SKIP_TEST("nobody cannot reach the program here, or may allow others");
    }
    const auto refused = with("exec " + program + " -o allow_other" + arguments);
    CHECK(refused.status == 1);
    CHECK(refused.err.find("user_allow_other") != std::string::npos);
    CHECK(std::count(refused.err.begin(), refused.err.end(), '\n') == 1);
}

TEST_CASE("no board, and none that was asked for, is one line and status 1") {
    NEEDS_MOUNT();
    const TemporaryFolder folder;
    check_fails({folder.path()}, 1, {"no usable board"});
    check_fails({"serial:none such", folder.path()}, 1, {"serial:none such"});
    check_fails({"0403:6014", folder.path()}, 1, {"0403:6014"});
}

TEST_CASE("what sysfs refuses is refused with its errno and changes nothing") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    const auto line = mount.export_line(512);
    REQUIRE(write_text(line / "direction", "low") == "ok");
    const std::string zero_one("1\0garbage", 9);
    struct Row {
        std::string text;
        std::string result;
        std::string level;
    };
    for (const Row& row : std::vector<Row>{
             {"1\n", "ok", "1"},
             {"0x0", "ok", "0"},
             {"-1", "ok", "1"},
             {"00", "ok", "0"},
             {zero_one, "ok", "1"},
             {"0", "ok", "0"},
             {" 1", "EINVAL", "0"},
             {"1 ", "EINVAL", "0"},
             {"1\n\n", "EINVAL", "0"},
             {"on", "EINVAL", "0"},
             {"\n", "EINVAL", "0"},
             {"\xff\xfe\x01", "EINVAL", "0"},
             {"18446744073709551616", "ERANGE", "0"},
             {"-9223372036854775809", "ERANGE", "0"},
             {"1\n" + std::string(4093, ' '), "EINVAL", "0"},
             {"1\n" + std::string(4094, ' '), "EINVAL", "0"},
             {std::string(5000, '1'), "ERANGE", "0"},
         }) {
        CAPTURE(row.text.substr(0, 30));
        CHECK(write_text(line / "value", row.text) == row.result);
        CHECK(mount.bench("adbus0/level") == row.level);
    }
    const auto fd = open_file(line / "value", O_WRONLY);
    CHECK(::write(fd.get(), "", 0) == 0);
    const std::string long_text = std::string("1\0", 2) + std::string(4998, 'x');
    CHECK(::write(fd.get(), long_text.data(), long_text.size()) == 4096);
    CHECK(mount.bench("adbus0/level") == "1");
    CHECK(write_text(line / "direction", "IN") == "EINVAL");
    CHECK(write_text(line / "edge", "rising") == "EIO");
    CHECK(read_text(line / "edge") == "none\n");
    CHECK(read_text(line / "direction") == "out\n");
}

TEST_CASE("the debug log tells why an access was refused") {
    NEEDS_MOUNT();
    if (::geteuid() != 0) {
        SKIP_TEST("only root can have a namespace");
    }
    const auto result = in_namespace(R"sh(
        mpsse-gpiofs -f -d --simulate FT232H "$dir" 2>/run/log &
        soon test -e "$dir/export"
        cd "$dir"
        put() { ! printf '%b' "$1" >"$2"; }  # TEXT FILE
        refused() { put "$@" 2>/run/error || echo "taken: $*"; }
        echo 512 >export
        refused 'outt\n' gpio512/direction
        refused 1 gpio512/value
        refused 'up\n' gpio512/edge
        refused '\001one' gpio512/active_low
        refused x chip0/unexport
        refused 512 export
        refused 12345678901234567890123456789012345678901234567890 gpiochip512/sample_interval_us
        grep -E "^mpsse-gpiofs: [a-z0-9/_]+: '" /run/log
        cd /
        term)sh");
    CHECK(result.err == "");
    CHECK(result.status == 0);
    CHECK(result.out ==
          "mpsse-gpiofs: gpio512/direction: 'outt': use in, out, low or high: Invalid argument\n"
          "mpsse-gpiofs: gpio512/value: '1': the line is an input: write out, low or high to "
          "direction first: Operation not permitted\n"
          "mpsse-gpiofs: gpio512/edge: 'up': use none, rising, falling or both: Invalid argument\n"
          "mpsse-gpiofs: gpio512/active_low: '\\x01one': use 0 or 1: Invalid argument\n"
          "mpsse-gpiofs: chip0/unexport: 'x': use a line offset: Invalid argument\n"
          "mpsse-gpiofs: export: '512': the line is exported already: Device or resource busy\n"
          "mpsse-gpiofs: gpiochip512/sample_interval_us: "
          "'1234567890123456789012345678901234567890...': use a number of microseconds, or 0 to "
          "stream: Numerical result out of range\n");
}

TEST_CASE("export takes and refuses numbers as the kernel does") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    struct Row {
        std::string text;
        std::string result;
    };
    for (const Row& row : std::vector<Row>{{"0x201", "ok"},
                                           {"513", "EBUSY"},
                                           {"+514", "ok"},
                                           {"01003", "ok"},  // octal 515
                                           {"0516", "EINVAL"},
                                           {" 516", "EINVAL"},
                                           {"516 517", "EINVAL"},
                                           {"gpio516", "EINVAL"},
                                           {"-1", "EINVAL"},
                                           {"511", "EINVAL"},
                                           {"528", "EINVAL"},
                                           {"4294967296", "EINVAL"},
                                           {"18446744073709551616", "ERANGE"}}) {
        CAPTURE(row.text);
        CHECK(write_text(mount / "export", row.text) == row.result);
    }
    CHECK(write_text(mount / "chip0/export", "07") == "ok");
    CHECK(write_text(mount / "chip0/export", "4294967296") == "ERANGE");
    CHECK(write_text(mount / "chip0/export", "16") == "EINVAL");
    CHECK(write_text(mount / "chip0/export", "1") == "EBUSY");
    CHECK(write_text(mount / "unexport", "512") == "EINVAL");
    CHECK(read_text(mount / "export") == "EACCES");
    CHECK(write_text(mount / "gpiochip512/label", "x") == "EACCES");
}

TEST_CASE("names and operations that do not exist are refused in sysfs' words") {
    NEEDS_MOUNT();
    Mount mount({"--simulate", "FT232H"});
    const auto line = mount.export_line(512);
    const auto value = line / "value";
    const auto errno_of = [](int result) { return errno_name(result == 0 ? 0 : errno); };
    CHECK(errno_of(::mkdir((mount / "x").c_str(), 0777)) == "EPERM");
    CHECK(errno_of(::rmdir(line.c_str())) == "EPERM");
    CHECK(errno_of(::unlink(value.c_str())) == "EPERM");
    CHECK(errno_of(::rename(value.c_str(), (line / "v2").c_str())) == "EPERM");
    CHECK(errno_of(::symlink("a", (mount / "x").c_str())) == "EPERM");
    CHECK(errno_of(::link(value.c_str(), (line / "x").c_str())) == "EPERM");
    CHECK(errno_of(::mknod((mount / "x").c_str(), S_IFIFO | 0600, 0)) == "EACCES");
    CHECK(try_open(mount / "x", O_WRONLY | O_CREAT) == "EACCES");
    CHECK(try_open(mount / std::string(256, 'x'), O_RDONLY) == "ENAMETOOLONG");
    CHECK(try_open(value, O_WRONLY | O_DIRECT) == "EINVAL");
    CHECK(errno_of(::truncate(value.c_str(), 10)) == "ok");
    CHECK(errno_of(::setxattr(value.c_str(), "user.x", "1", 1, 0)) == "EOPNOTSUPP");
    CHECK(::listxattr(value.c_str(), nullptr, 0) == 0);
    const auto fd = open_file(value, O_RDWR);
    CHECK(errno_of(::fsync(fd.get())) == "ok");
    CHECK(errno_of(::fallocate(fd.get(), 0, 0, 10)) == "EOPNOTSUPP");
}
