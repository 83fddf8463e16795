// SPDX-License-Identifier: MIT
#include "usb/fixture.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace gpiofs::tests {
namespace {

using transport::Detach;

/// A shell command that runs until it is no longer wanted.
class Child {
  public:
    explicit Child(const char* command) : pid_(::fork()) {
        if (pid_ == 0) {
            ::execl("/bin/sh", "sh", "-c", command, nullptr);
            ::_exit(127);
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    pid_t pid() const noexcept { return pid_; }

  private:
    pid_t pid_;
};

TEST_CASE("only the interface that is opened is taken, and given back at the end") {
    Fixture fixture;
    Usbfs& usbfs = fixture.fake.usbfs();
    CHECK(fixture.board->holder(0) == "ftdi_sio");
    auto transport = fixture.open(0, Detach::serial);
    CHECK(transport->detached_driver());
    CHECK(fixture.board->holder(0) == "usbfs");
    CHECK(fixture.board->holder(1) == "ftdi_sio");
    transport.reset();
    CHECK(usbfs.driver(0) == "ftdi_sio");
    CHECK(usbfs.driver(1) == "ftdi_sio");
    CHECK(usbfs.counts().attaches == 1);
    CHECK(usbfs.counts().resets == 0);
    CHECK(usbfs.counts().configurations == 0);
}

TEST_CASE("an interface without a driver gets none at the end") {
    Fixture fixture({.driver = ""});
    auto transport = fixture.open(0, Detach::none);
    CHECK_FALSE(transport->detached_driver());
    CHECK(fixture.board->holder(0) == "usbfs");
    transport.reset();
    CHECK(fixture.board->holder(0).empty());
    CHECK(fixture.fake.usbfs().counts().attaches == 0);
}

TEST_CASE("the driver is not given back if that is not wanted") {
    Fixture fixture;
    auto transport = fixture.open();
    transport->give_back_driver(false);
    transport.reset();
    CHECK(fixture.fake.usbfs().driver(0).empty());
    CHECK(fixture.fake.usbfs().counts().attaches == 0);
}

TEST_CASE("detach=none leaves ftdi_sio where it is") {
    Fixture fixture;
    const Failure failure = failure_of([&] { fixture.open(0, Detach::none); });
    CHECK(failure.error == EBUSY);
    CHECK(failure.text.find("1-1 (0403:6010) interface A is held by the kernel driver ftdi_sio") !=
          std::string::npos);
    CHECK(failure.text.find("detach=sio") != std::string::npos);
    CHECK(fixture.fake.usbfs().driver(0) == "ftdi_sio");
}

TEST_CASE("gpio-mpsse is taken off only by detach=any") {
    Fixture fixture({.driver = "gpio-mpsse"});
    for (const Detach detach : {Detach::serial, Detach::none}) {
        const Failure failure = failure_of([&] { fixture.open(1, detach); });
        CHECK(failure.error == EBUSY);
        CHECK(failure.text.find("interface B is held by the kernel driver gpio-mpsse") !=
              std::string::npos);
        CHECK(failure.text.find("detach=any") != std::string::npos);
    }
    auto transport = fixture.open(1, Detach::any);
    CHECK(transport->detached_driver());
    transport.reset();
    CHECK(fixture.fake.usbfs().driver(1) == "gpio-mpsse");
}

TEST_CASE(
    "an interface whose tty a program has open is refused, with both, unless that is allowed") {
    Fixture fixture;
    // A tty with the number of /dev/full, which this test's child has open.
    const auto tty = fixture.testbed.root() / "sys/bus/usb/devices/1-1:1.0/ttyUSB0/tty/ttyUSB0";
    std::filesystem::create_directories(tty);
    std::ofstream(tty / "dev") << "1:7\n";
    const transport::OpenOptions careful{.detach = Detach::serial,
                                         .deadline = in(patience),
                                         .take_open_tty = false,
                                         .tty_openers = {}};
    fixture.board->open(0, careful);  // and given back
    const Child child("exec sleep 600 </dev/full");
    const std::string program =
        fmt::format("sleep (process {}) has /dev/ttyUSB0 open", child.pid());
    Failure failure;
    CHECK(eventually([&] {
        failure = failure_of([&] { fixture.board->open(0, careful); });
        return failure.text.find(program) != std::string::npos;
    }));
    CHECK(failure.error == EBUSY);
    CHECK(failure.text.find("1-1 (0403:6010) interface A") != std::string::npos);
    CHECK(failure.text.find("-o detach=open") != std::string::npos);
    CHECK(fixture.fake.usbfs().driver(0) == "ftdi_sio");
    CHECK_NOTHROW(fixture.board->open(1, careful));
    CHECK(fixture.open(0, Detach::serial)->detached_driver());
}

TEST_CASE("what another program holds is never taken") {
    Fixture fixture;
    REQUIRE(fixture.fake.usbfs().claim_by_other_program(0) == 0);
    for (const Detach detach : {Detach::any, Detach::serial, Detach::none}) {
        const Failure failure = failure_of([&] { fixture.open(0, detach); });
        CHECK(failure.error == EBUSY);
        CHECK(failure.text.find("another program") != std::string::npos);
    }
    CHECK(fixture.fake.usbfs().driver(0) == "usbfs");
    CHECK(fixture.fake.usbfs().driver(1) == "ftdi_sio");
}

TEST_CASE("an interface is open once, its neighbour beside it") {
    Fixture fixture;
    auto first = fixture.open(0);
    CHECK(failure_of([&] { fixture.open(0); }).error == EBUSY);
    auto second = fixture.open(1);
    CHECK(fixture.fake.usbfs().files() == 1);
    first.reset();
    CHECK(fixture.fake.usbfs().driver(0) == "ftdi_sio");
    CHECK(fixture.fake.usbfs().driver(1) == "usbfs");
    second.reset();
    CHECK(eventually([&] { return fixture.fake.usbfs().files() == 0; }));
}

TEST_CASE("only a board without a configuration gets one") {
    Fixture fixture({.driver = "", .configured = false});
    const auto transport = fixture.open();
    CHECK(fixture.fake.usbfs().counts().configurations == 1);
    CHECK(fixture.fake.usbfs().counts().resets == 0);
}

TEST_CASE("an interface is not opened after the deadline") {
    Fixture fixture;
    CHECK(failure_of([&] { fixture.board->open(0, {.deadline = in(-1ms)}); }).error == ETIMEDOUT);
    CHECK(fixture.fake.usbfs().driver(0) == "ftdi_sio");
}

}  // namespace
}  // namespace gpiofs::tests
