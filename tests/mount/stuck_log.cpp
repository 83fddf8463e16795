// SPDX-License-Identifier: MIT
#include "mount/namespace.h"
#include "sanitizer.h"
#include "support/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/mount.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

/// A pipe with no room left.
class FullPipe {
  public:
    FullPipe() {
        std::array<int, 2> ends{};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
        read_.reset(ends[0]);
        write_.reset(ends[1]);
        const std::string page(4096, '.');
        while (::write(write_.get(), page.data(), page.size()) > 0) {
        }
        while (::write(write_.get(), ".", 1) > 0) {
        }
    }
    fs::path path() const { return fmt::format("/proc/self/fd/{}", write_.get()); }
    /// What is in it.
    std::string drain() const {
        std::string text;
        std::array<char, 4096> piece{};
        for (ssize_t count = 0; (count = ::read(read_.get(), piece.data(), piece.size())) > 0;) {
            text.append(piece.data(), static_cast<std::size_t>(count));
        }
        return text;
    }

  private:
    UniqueFd read_;
    UniqueFd write_;
};

}  // namespace

TEST_CASE("log: a pipe that nobody empties keeps no access, and not the end, waiting") {
    NEEDS_MOUNT();
    const TemporaryFolder folder;
    const FullPipe pipe;
    Process program(
        {GPIOFS_PROGRAM, "-f", "-d", "-o", "timeout_ms=200", "--simulate", "FT232H", folder.path()},
        pipe.path());
    REQUIRE(wait_until([&] { return fs::exists(folder.path() / "export"); }));
    const auto silence = [&](const std::string& fault) {
        return write_text(folder.path() / "sim/0/fault", fault);
    };
    REQUIRE(write_text(folder.path() / "export", "513") == "ok");
    const auto value = folder.path() / "gpio513/value";
    REQUIRE(silence("timeout -1") == "ok");
    CHECK(read_text(value) == "ETIMEDOUT");
    REQUIRE(silence("0") == "ok");
    CHECK(wait_until([&] { return read_text(value) == "1\n"; }));

    std::string text;
    CHECK(wait_until([&] {
        text += pipe.drain();
        CHECK(read_text(value) == "1\n");  // with -d a line of the log
        return text.find(" lines dropped: nobody took them in time\n") != std::string::npos;
    }));
    CHECK(text.substr(text.find_first_not_of('.')).starts_with("mpsse-gpiofs: "));

    program.signal(SIGTERM);
    CHECK(program.wait() == 0);
    CHECK_FALSE(is_mounted(folder.path()));
    ::umount2(folder.path().c_str(), MNT_DETACH);
}

TEST_CASE("log: the program outlives who reads it") {
    NEEDS_MOUNT();
    const TemporaryFolder folder;
    const auto mnt = folder.path() / "mnt";
    fs::create_directory(mnt);
    const auto log = folder.path() / "log";
    Process program({"sh", "-c", "{ sh -c 'echo $$ >$0; exec \"$@\"' \"$@\" 2>&1; } | true", "sh",
                     (folder.path() / "pid").string(), GPIOFS_PROGRAM, "-f", "-d", "--simulate",
                     "FT232H", mnt.string()},
                    log);
    const bool there = wait_until([&] { return fs::exists(mnt / "export"); });
    CHECK(there);
    if (there) {
        CHECK(write_text(mnt / "export", "513") == "ok");
        CHECK(read_text(mnt / "gpio513/value") == "1\n");
        ::kill(std::stoi(read_text(folder.path() / "pid")), SIGTERM);
        CHECK(program.wait() == 0);
        CHECK_FALSE(is_mounted(mnt));
    }
    ::umount2(mnt.c_str(), MNT_DETACH);
}

TEST_CASE("log: a system log that nobody reads keeps no access, and not the end, waiting") {
    NEEDS_MOUNT();
    const auto result = in_namespace(R"sh(
        mkdir /run/dev
        mount -t tmpfs none /run/dev
        mknod -m 666 /run/dev/null c 1 3
        mknod -m 600 /run/dev/fuse c 10 229
        mount --move /run/dev /dev
        cat >/run/reader.py <<'END'
import os, socket, sys
reader = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
reader.bind("/dev/log")
writer = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
writer.setblocking(False)
try:
    while True:
        writer.sendto(b"full", "/dev/log")
except BlockingIOError:
    pass
open("/run/full", "w").close()
os.mkfifo("/run/go")
open("/run/go").read()
open("/run/reading", "w").close()
for line in iter(lambda: reader.recv(65536).decode(), ""):
    if line != "full":
        print(line.partition(": ")[2], flush=True)
        if "dropped" in line:
            break
END
        /usr/bin/python3 /run/reader.py >/run/lines & reader=$!
        soon [ -e /run/full ]
        mpsse-gpiofs -o timeout_ms=200 --simulate FT232H "$dir"
        stall() {
            echo timeout -1 >"$dir/sim/0/fault"
            not cat "$dir/gpio512/value" 2>/dev/null
            echo 0 >"$dir/sim/0/fault"
            soon cat "$dir/gpio512/value" 2>/dev/null
        }
        echo 512 >"$dir/export"
        stall
        soon [ -p /run/go ]
        echo >/run/go
        soon [ -e /run/reading ]
        dropped() { echo 0 >"$dir/sim/0/plugged"; echo 1 >"$dir/sim/0/plugged"; grep -q dropped /run/lines; }
        soon dropped
        wait $reader
        tail -n 1 /run/lines | sed 's/^[0-9]*/N/'
        term
        not is_mounted)sh");
    CHECK(result.out == "1\nN lines dropped: nobody took them in time\n");
    CHECK(result.err == "");
    CHECK(result.status == 0);
}
