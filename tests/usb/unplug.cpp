// SPDX-License-Identifier: MIT
#include "base/error.h"
#include "usb/fixture.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace gpiofs::tests {
namespace {

using transport::Transfer;

/// A read that does not end by itself, on a thread of its own.
class PendingRead {
  public:
    explicit PendingRead(Fixture& fixture, transport::Transport& transport) {
        fixture.fake.chip().set_fault(sim::FaultKind::timeout, 1);
        thread_ = std::thread([this, &transport] {
            std::vector<std::uint8_t> buffer(512);
            result_ = transport.read(buffer, in(patience));
        });
        REQUIRE(eventually([&] { return fixture.fake.usbfs().pending() == 1; }));
    }
    ~PendingRead() {
        if (thread_.joinable()) {
            thread_.join();
        }
    }
    PendingRead(const PendingRead&) = delete;
    PendingRead& operator=(const PendingRead&) = delete;

    std::error_code error() {
        thread_.join();
        return result_.error;
    }

  private:
    Transfer result_;
    std::thread thread_;
};

/// Whether the chip has been asked if it is still there (GET_STATUS).
bool asked_for_status(Usbfs& usbfs) {
    const auto requests = usbfs.requests();
    return std::any_of(requests.begin(), requests.end(), [](const sim::SetupPacket& setup) {
        return setup.request_type == 0x80 && setup.request == 0;
    });
}

TEST_CASE("unplugging ends a transfer with ENODEV, and all later ones") {
    Fixture fixture;
    auto transport = fixture.open();
    PendingRead read(fixture, *transport);
    const TimePoint start = std::chrono::steady_clock::now();
    fixture.fake.unplug();
    CHECK(read.error() == errno_code(ENODEV));
    CHECK(std::chrono::steady_clock::now() - start < 5s);

    std::vector<std::uint8_t> buffer(512);
    CHECK(transport->read(buffer, in(patience)).error == errno_code(ENODEV));
    CHECK(transport->write(buffer, in(patience)).error == errno_code(ENODEV));
    CHECK(transport->control_out(set_bit_mode, 0, in(patience)) == errno_code(ENODEV));
    transport.reset();
    CHECK(failure_of([&] { fixture.open(); }).error == ENODEV);
}

TEST_CASE("errors on the wire before a disconnect end as ENODEV") {
    Fixture fixture;
    auto transport = fixture.open();
    PendingRead read(fixture, *transport);
    fixture.fake.usbfs().set_wire_error(-EPROTO);
    CHECK(eventually([&] { return asked_for_status(fixture.fake.usbfs()); }));
    fixture.fake.unplug();
    CHECK(read.error() == errno_code(ENODEV));
}

TEST_CASE("transfers that are refused before a disconnect end as ENODEV, whoever asks for them") {
    using transport::Direction;
    using Transport = transport::Transport;
    std::vector<std::uint8_t> buffer(512);
    struct Access {
        std::string name;
        std::function<std::error_code(Transport&)> run;
    };
    const std::vector<Access> accesses{
        {"read", [&](Transport& board) { return board.read(buffer, in(patience)).error; }},
        {"write", [&](Transport& board) { return board.write(buffer, in(patience)).error; }},
        {"request",
         [&](Transport& board) { return board.control_out(set_bit_mode, 0, in(patience)); }},
        {"queued IN", [&](Transport& board) { return board.submit(Direction::in, buffer); }},
        {"queued OUT", [&](Transport& board) { return board.submit(Direction::out, buffer); }},
    };
    for (const Access& access : accesses) {
        CAPTURE(access.name);
        Fixture fixture;
        const auto transport = fixture.open();
        fixture.fake.usbfs().take_port_down();
        std::error_code error;
        std::thread thread([&] { error = access.run(*transport); });
        const bool asked = eventually([&] { return fixture.fake.usbfs().refused() > 1; });
        fixture.fake.unplug();
        thread.join();
        CHECK(asked);
        CHECK(error == errno_code(ENODEV));
    }
}

TEST_CASE("errors on the wire that pass are EIO") {
    Fixture fixture;
    auto transport = fixture.open();
    PendingRead read(fixture, *transport);
    fixture.fake.usbfs().set_wire_error(-EPROTO);
    CHECK(eventually([&] { return asked_for_status(fixture.fake.usbfs()); }));
    fixture.fake.usbfs().set_wire_error(0);
    CHECK(read.error() == errno_code(EIO));
    std::vector<std::uint8_t> buffer(512);
    CHECK_FALSE(transport->read(buffer, in(patience)).error);
}

TEST_CASE("errors on the wire that stay are EIO after half a second") {
    Fixture fixture;
    auto transport = fixture.open();
    fixture.fake.usbfs().set_wire_error(-EPROTO);
    std::vector<std::uint8_t> buffer(512);
    const TimePoint start = std::chrono::steady_clock::now();
    CHECK(transport->read(buffer, in(patience)).error == errno_code(EIO));
    const auto taken = std::chrono::steady_clock::now() - start;
    CHECK(taken >= 500ms);
    CHECK(taken < patience);
}

TEST_CASE("a board that is back is opened anew") {
    Fixture fixture;
    auto old = fixture.open();
    fixture.fake.unplug();
    fixture.fake.plug();
    REQUIRE(eventually([&] {
        const auto boards = fixture.source.boards();
        return boards.size() == 1 && boards[0] != fixture.board && boards[0]->holder(0) != "" &&
               failure_of([&] { boards[0]->open(0, {.deadline = in(patience)}); }).error == 0;
    }));
    CHECK(old->control_out(set_bit_mode, 0, in(patience)) == errno_code(ENODEV));
}

std::size_t entries(const char* folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

/// Whether all threads but the caller sleep. One that ends does not, and the kernel counts it a
/// moment longer than who has joined it.
bool others_sleep() {
    std::size_t asleep = 0;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream status(task.path() / "status");
        for (std::string word; status >> word && word != "State:";) {
        }
        std::string state;
        asleep += status >> state && state == "S" ? 1U : 0U;
    }
    return asleep + 1 == entries("/proc/self/task");
}

struct IgnoringObserver final : transport::BoardObserver {
    void board_arrived(const std::shared_ptr<transport::Board>&) override {}
    void board_left(const std::string&) override {}
};

TEST_CASE("nothing is left open or running at the end") {
    Testbed testbed;
    FakeBoard fake(testbed);
    IgnoringObserver observer;
    const auto use = [&] {
        usb::UsbBoardSource source(any_id);
        source.watch(observer);
        const auto board = source.boards().at(0);
        const auto a = board->open(0, {.deadline = in(patience)});
        const auto b = board->open(1, {.deadline = in(patience)});
        CHECK_FALSE(a->control_out(set_bit_mode, mpsse_mode, in(patience)));
    };
    use();
    REQUIRE(eventually([&] { return fake.usbfs().files() == 0; }));
    REQUIRE(eventually(others_sleep));
    const std::size_t fds = entries("/proc/self/fd");
    const std::size_t threads = entries("/proc/self/task");
    for (int round = 0; round < 5; ++round) {
        use();
    }
    CHECK(eventually([&] { return entries("/proc/self/fd") == fds; }));
    CHECK(eventually([&] { return entries("/proc/self/task") == threads; }));
}

}  // namespace
}  // namespace gpiofs::tests
