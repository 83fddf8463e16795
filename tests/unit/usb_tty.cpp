// SPDX-License-Identifier: MIT
#include "support/files.h"
#include "support/process.h"
#include "support/wait.h"
#include "usb/tty.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

/// A made-up machine whose ttyUSB0 has the number of /dev/full, and programs that have files open.
class Machine {
  public:
    Machine() {
        fs::permissions(folder_.path(), fs::perms(0755));
        plug();
    }

    void plug() {
        fs::remove_all(folder_.path() / "sys");
        fs::create_directories(port() / "tty/ttyUSB0");
        std::ofstream(port() / "tty/ttyUSB0/dev") << "1:7\n";
        fs::create_directories(folder_.path() / "sys/bus/usb-serial/devices");
        fs::create_directory_symlink(port(), folder_.path() / "sys/bus/usb-serial/devices/ttyUSB0");
    }
    void run(int pid, const std::string& name, const std::vector<std::string>& open) {
        fs::create_directories(files(pid));
        std::ofstream(files(pid).parent_path() / "comm") << name << '\n';
        for (std::size_t n = 0; n < open.size(); ++n) {
            fs::create_symlink(open[n], files(pid) / std::to_string(n));
        }
    }
    void end(int pid) {
        fs::permissions(files(pid), fs::perms(0755));
        fs::remove_all(files(pid).parent_path());
    }

    std::string interface() const { return folder_.path() / "sys/devices/1-1:1.0"; }
    fs::path files(int pid) const { return folder_.path() / "proc" / std::to_string(pid) / "fd"; }
    usb::KernelFolders kernel() const { return {folder_.path() / "sys", folder_.path() / "proc"}; }
    std::optional<transport::TtyOpener> opener(
        const std::vector<transport::TtyOpener>& seen_before = {}) const {
        return usb::tty_opener(interface(), seen_before, kernel());
    }

  private:
    fs::path port() const { return interface() + "/ttyUSB0"; }

    TemporaryFolder folder_;
};

/// While it lives, this process may look at no more than an ordinary user.
class Ordinary {
  public:
    Ordinary() : user_(::geteuid()) {
        if (user_ == 0) {
            REQUIRE(::seteuid(65534) == 0);
        }
    }
    Ordinary(const Ordinary&) = delete;
    Ordinary& operator=(const Ordinary&) = delete;
    ~Ordinary() {
        if (::seteuid(user_) != 0) {
            std::abort();
        }
    }

  private:
    uid_t user_;
};

}  // namespace

TEST_CASE("tty: the program that has it open is found by the device's number") {
    Machine machine;
    machine.run(100, "bash", {"/dev/null", "/nowhere"});
    CHECK_FALSE(machine.opener());
    CHECK(usb::tty_openers(machine.kernel()).empty());
    machine.run(4711, "cat\x1b", {"/dev/null", "/dev/full"});
    const auto opener = machine.opener();
    REQUIRE(opener);
    CHECK(opener->tty == "ttyUSB0");
    CHECK(opener->pid == 4711);
    CHECK(opener->program == "cat\\x1b");
    const auto all = usb::tty_openers(machine.kernel());
    REQUIRE(all.size() == 1);
    CHECK(all.front().pid == 4711);
    CHECK(all.front().tty_inode == opener->tty_inode);
    machine.end(4711);
    CHECK_FALSE(machine.opener());
}

TEST_CASE("tty: an interface without one, or a made-up folder, has no opener") {
    Machine machine;
    machine.run(1, "init", {"/dev/full"});
    CHECK_FALSE(usb::tty_opener(machine.interface() + "/none", {}, machine.kernel()));
    std::ofstream(machine.interface() + "/ttyUSB0/tty/ttyUSB0/dev") << "1:7:7\n";
    CHECK_FALSE(machine.opener());
    CHECK(usb::tty_openers(machine.kernel()).empty());
    CHECK(usb::tty_openers({"/nonexistent", "/nonexistent"}).empty());
}

TEST_CASE(
    "tty: a program that may not be looked at any more counts as long as it may have it open") {
    Machine machine;
    machine.run(4711, "cat", {"/dev/full"});
    const auto seen = usb::tty_openers(machine.kernel());
    REQUIRE(seen.size() == 1);
    fs::permissions(machine.files(4711), fs::perms::none);
    SUBCASE("it still runs") {
        const Ordinary ordinary;
        CHECK_FALSE(machine.opener());
        REQUIRE(machine.opener(seen));
        CHECK(machine.opener(seen)->pid == 4711);
    }
    SUBCASE("its descriptors are listed, and cannot be looked at") {
        fs::permissions(machine.files(4711), fs::perms(0755));
        const fs::path locked = machine.files(4711) / "../locked";
        fs::create_directory(locked);
        fs::permissions(locked, fs::perms::none);
        fs::remove(machine.files(4711) / "0");
        fs::create_symlink(locked / "tty", machine.files(4711) / "0");
        {
            const Ordinary ordinary;
            CHECK_FALSE(machine.opener());
            CHECK(machine.opener(seen));
        }
        fs::permissions(locked, fs::perms(0755));
    }
    SUBCASE("it has ended") {
        machine.end(4711);
        CHECK_FALSE(machine.opener(seen));
    }
    SUBCASE("it can be seen after all, and has closed the tty") {
        fs::permissions(machine.files(4711), fs::perms(0755));
        fs::remove(machine.files(4711) / "0");
        CHECK_FALSE(machine.opener(seen));
    }
    SUBCASE("another board has the tty's name now") {
        const fs::path keeps_inode_busy = machine.interface() + "/../old";
        fs::rename(machine.interface(), keeps_inode_busy);
        fs::create_directories(machine.interface() + "/ttyUSB0/tty/ttyUSB0");
        std::ofstream(machine.interface() + "/ttyUSB0/tty/ttyUSB0/dev") << "1:7\n";
        const Ordinary ordinary;
        CHECK_FALSE(machine.opener(seen));
    }
    std::error_code gone;
    fs::permissions(machine.files(4711), fs::perms(0755), gone);  // so that it can be removed
}

TEST_CASE("tty: a real program is found in the real /proc") {
    Machine machine;
    const TemporaryFolder folder;
    const usb::KernelFolders kernel{machine.kernel().sys, "/proc"};
    Process child({"sh", "-c", "exec sleep 600 </dev/full"}, folder.path() / "log");
    CHECK(wait_until([&] {
        const auto opener = usb::tty_opener(machine.interface(), {}, kernel);
        return opener && opener->pid == child.pid() && opener->program == "sleep";
    }));
}
