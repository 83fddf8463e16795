// SPDX-License-Identifier: MIT
#include "usb/fixture.h"

#include <doctest/doctest.h>

#include <mutex>
#include <string>
#include <vector>

namespace gpiofs::tests {
namespace {

using transport::Board;

/// Keeps what it is told, and opens each board from inside the call.
class Recorder final : public transport::BoardObserver {
  public:
    void board_arrived(const std::shared_ptr<Board>& board) override {
        const auto transport = board->open(0, {.deadline = in(patience)});
        const bool answers = !transport->control_out(set_bit_mode, mpsse_mode, in(patience));
        add("+" + board->info().path + (answers ? "" : " dead"));
    }
    void board_left(const std::string& path) override { add("-" + path); }

    std::vector<std::string> events() const {
        const std::lock_guard lock(mutex_);
        return events_;
    }
    bool hears(std::size_t count) const {
        return eventually([&] { return events().size() >= count; });
    }

  private:
    void add(const std::string& event) {
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
    }

    mutable std::mutex mutex_;
    std::vector<std::string> events_;
};

TEST_CASE("boards that come and go are told, and can be opened at once") {
    Testbed testbed;
    usb::UsbBoardSource source(any_id);
    Recorder recorder;
    source.watch(recorder);
    FakeBoard fake(testbed, {.port = "1-3"});
    REQUIRE(recorder.hears(1));
    CHECK(source.boards().size() == 1);
    fake.unplug();
    REQUIRE(recorder.hears(2));
    CHECK(source.boards().empty());
    CHECK(recorder.events() == std::vector<std::string>{"+1-3", "-1-3"});
    source.stop_watching();
}

TEST_CASE("where nobody tells, boards that come and go are looked for") {
    Testbed testbed;
    FakeBoard there(testbed, {.port = "1-2"});
    usb::UsbBoardSource source(any_id);
    Recorder recorder;
    source.watch_by_looking(recorder);
    FakeBoard late(testbed, {.port = "1-3"});
    REQUIRE(recorder.hears(1));
    late.unplug();
    REQUIRE(recorder.hears(2));
    late.plug();
    REQUIRE(recorder.hears(3));
    there.unplug();
    REQUIRE(recorder.hears(4));
    CHECK(recorder.events() == std::vector<std::string>{"+1-3", "-1-3", "+1-3", "-1-2"});
    source.stop_watching();
}

TEST_CASE("twenty replugs are twenty departures and arrivals in order") {
    Testbed testbed;
    usb::UsbBoardSource source(any_id);
    Recorder recorder;
    source.watch(recorder);
    FakeBoard fake(testbed);
    std::vector<std::string> expected{"+1-1"};
    REQUIRE(recorder.hears(1));
    for (int round = 0; round < 20; ++round) {
        fake.unplug();
        expected.emplace_back("-1-1");
        REQUIRE(recorder.hears(expected.size()));
        fake.plug();
        expected.emplace_back("+1-1");
        REQUIRE(recorder.hears(expected.size()));
    }
    CHECK(recorder.events() == expected);
}

TEST_CASE("only interesting boards are told, and none after stop_watching()") {
    Testbed testbed;
    usb::UsbBoardSource source(
        [](std::uint16_t, std::uint16_t product) { return product == 0x6014; });
    Recorder recorder;
    source.watch(recorder);
    FakeBoard other(testbed, {.chip = "FT4232H", .port = "1-1"});
    FakeBoard fake(testbed, {.chip = "FT232H", .port = "1-2"});
    REQUIRE(recorder.hears(1));
    source.stop_watching();
    source.stop_watching();
    fake.unplug();
    fake.plug();
    CHECK(eventually([&] { return source.boards().size() == 1; }));
    CHECK(recorder.events() == std::vector<std::string>{"+1-2"});

    source.watch(recorder);
    fake.unplug();
    REQUIRE(recorder.hears(2));
    CHECK(recorder.events().back() == "-1-2");
}

}  // namespace
}  // namespace gpiofs::tests
