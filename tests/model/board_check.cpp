// SPDX-License-Identifier: MIT
#include "check_rig.h"
#include "raw_wire.h"

#include <algorithm>
#include <array>
#include <charconv>

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

constexpr std::uint8_t get_latency = 0x0a;
constexpr std::uint8_t set_latency = 0x09;

/// The first number in a text.
long number_in(const std::string& text) {
    const auto digit =
        std::find_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    long number = -1;
    std::from_chars(text.data() + (digit - text.begin()), text.data() + text.size(), number);
    return number;
}

std::uint8_t latency_of(transport::Transport& wire, const Clock& clock) {
    std::array<std::uint8_t, 1> answer{};
    CHECK(wire.control_in(get_latency, 0, answer, clock.now() + std::chrono::seconds(1)).bytes ==
          1);
    return answer[0];
}

/// A chip that refuses commands of the high bank, as one without it might.
class NoHighBank final : public Forwarding {
  public:
    using Forwarding::Forwarding;
    transport::Transfer write(std::span<const std::uint8_t> data, TimePoint deadline) override {
        Bytes bytes(data.begin(), data.end());
        std::replace(bytes.begin(), bytes.end(), std::uint8_t{0x83}, std::uint8_t{0xad});
        return Forwarding::write(bytes, deadline);
    }
};

/// The SET commands of a batch of single-byte commands and SETs.
std::vector<std::array<std::uint8_t, 3>> sets_in(const Bytes& batch) {
    std::vector<std::array<std::uint8_t, 3>> sets;
    for (std::size_t at = 0; at < batch.size(); ++at) {
        if (batch[at] == 0x80 || batch[at] == 0x82) {
            REQUIRE(at + 2 < batch.size());
            sets.push_back({batch[at], batch[at + 1], batch[at + 2]});
            at += 2;
        }
    }
    return sets;
}

}  // namespace

TEST_CASE("check: each chip is found to be what it is") {
    struct Wanted {
        const char* chip;
        const char* usb_id;
        const char* bcd_device;
        const char* interfaces;
        const char* high_pins;
        const char* banks;
        bool high_speed;
    };
    constexpr std::array<Wanted, 4> all = {{
        {"FT232H", "0403:6014", "0900", "A", "7f", "low high", true},
        {"FT2232H", "0403:6010", "0700", "A B", "ff", "low high", true},
        {"FT4232H", "0403:6011", "0800", "A B", "none: the chip has no high bank",
         "low, and the high one, which has no pins", true},
        {"FT2232D", "0403:6010", "0500", "A", "0f", "low high", false},
    }};
    for (const Wanted& wanted : all) {
        for (const auto usb : {sim::UsbSpeed::instant, sim::UsbSpeed::high, sim::UsbSpeed::full}) {
            if (usb == sim::UsbSpeed::high && !wanted.high_speed) {
                continue;
            }
            CAPTURE(wanted.chip);
            CAPTURE(usb);
            CheckRig rig(wanted.chip, usb);
            const auto result = rig.run();
            CAPTURE(result.text);
            CHECK(result.good);
            CHECK(result["program"] == "mpsse-gpiofs 1.2.3");
            CHECK(result.begins("chip", wanted.chip));
            CHECK(result["usb_id"] == wanted.usb_id);
            CHECK(result["bcd_device"] == wanted.bcd_device);
            CHECK(result["mpsse_interfaces"] == wanted.interfaces);
            const bool fast = wanted.high_speed && usb != sim::UsbSpeed::full;
            CHECK(result["packet_size"] == (fast ? "512" : "64"));
            CHECK(result.begins("usb_speed", fast ? "high" : "full"));
            CHECK(result["latency_timer_at_entry_ms"] == "16");
            CHECK(result["latency_timer_kept"] == "yes");
            CHECK(result.begins("send_immediate_ends_wait", "yes"));
            CHECK(result["pins_at_entry_low"] == "ff");
            CHECK(result["pins_at_entry_high"] == wanted.high_pins);
            CHECK(result["banks_that_answer"] == wanted.banks);
            CHECK(result["reply_to_0x80"] == "no reply");
            CHECK(result["reply_to_0x81"] == "ff");
            CHECK(result["reply_to_0x8a"] == (wanted.high_speed ? "no reply" : "refused (fa 8a)"));
            CHECK(result["reply_to_0xaa"] == "refused (fa aa)");
            CHECK(result["reply_to_0xab"] == "refused (fa ab)");
            CHECK(result["report"] == "complete, nothing suspicious");
        }
    }
}

TEST_CASE("check: the report tells whether there is a serial, and never which") {
    for (const char* serial : {"", "SECRET7"}) {
        CAPTURE(serial);
        auto config = CheckRig::config_of("FT232H", sim::UsbSpeed::instant);
        config.serial = serial;
        const auto result = CheckRig(config).run();
        CHECK(result.begins("serial", *serial == '\0' ? "none" : "present"));
        CHECK(result.text.find("SECRET7") == std::string::npos);
    }
}

TEST_CASE("check: the levels at entry are those of the pins") {
    CheckRig rig("FT2232H");
    rig.rig.bench.write(0, "adbus4/drive", "0");
    rig.rig.bench.write(0, "acbus7/drive", "0");
    const auto result = rig.run();
    CHECK(result["pins_at_entry_low"] == "ef");
    CHECK(result["pins_at_entry_high"] == "7f");
}

TEST_CASE("check: the time per command is the engine's") {
    struct Speed {
        sim::UsbSpeed usb;
        std::uint32_t engine_ns;
    };
    for (const Speed& speed :
         {Speed{sim::UsbSpeed::high, 500}, Speed{sim::UsbSpeed::high, 6500},
          Speed{sim::UsbSpeed::full, 6500}, Speed{sim::UsbSpeed::instant, 1'000'000}}) {
        CAPTURE(speed.usb);
        CAPTURE(speed.engine_ns);
        auto config = CheckRig::config_of("FT2232H", speed.usb);
        config.engine_ns = speed.engine_ns;
        const auto result = CheckRig(config).run();
        const long measured = number_in(result["command_ns"]);
        CHECK(measured >= static_cast<long>(speed.engine_ns) * 8 / 10);
        CHECK(measured <= static_cast<long>(speed.engine_ns) * 12 / 10);
        CHECK(result["command_ns"].find("or less") == std::string::npos);
        CHECK(result.good);
    }
}

TEST_CASE("check: where the bus takes longer than the engine, the time per command is a bound") {
    for (const char* chip : {"FT2232D", "FT232H"}) {
        CAPTURE(chip);
        auto config = CheckRig::config_of(chip, sim::UsbSpeed::full);
        config.engine_ns = 100;
        const auto result = CheckRig(config).run();
        CHECK(number_in(result["command_ns"]) >= 100);
        CHECK(result["command_ns"].find(" or less") != std::string::npos);
    }
}

TEST_CASE("check: a round trip takes what the bus does") {
    auto config = CheckRig::config_of("FT232H", sim::UsbSpeed::high);
    config.submit_us = 100;
    config.complete_us = 200;
    const auto result = CheckRig(config).run();
    // A write and a read, each with both times, beside packets and two commands.
    const long median = number_in(result["round_trip_us"]);
    CHECK(median >= 600);
    CHECK(median <= 660);
}

TEST_CASE("check: an imitation that ignores SET LATENCY TIMER is named as such") {
    CheckRig rig("FT232H");
    rig.rig.bench.write(0, "fault", "imitation -1");
    const auto result = rig.run();
    CAPTURE(result.text);
    CHECK_FALSE(result.good);
    CHECK(result.suspicious == std::set<std::string>{"latency_timer_kept"});
    CHECK(result["latency_timer_kept"].find("imitation") != std::string::npos);
    CHECK(result.begins("send_immediate_ends_wait", "unknown"));
    CHECK(result.begins("report", "complete"));
}

TEST_CASE("check: a high bank that is missing is suspicious") {
    CheckRig rig("FT2232H");
    rig.wrap = [](auto wire) { return std::make_unique<NoHighBank>(std::move(wire)); };
    const auto result = rig.run();
    CAPTURE(result.text);
    CHECK_FALSE(result.good);
    CHECK(result.suspicious == std::set<std::string>{"reply_to_0x83"});
    CHECK(result["banks_that_answer"] == "low");
}

TEST_CASE("check: a chip that is not what its bcdDevice says is suspicious") {
    SUBCASE("it lacks the commands of high-speed chips") {
        CheckRig rig("FT2232D");
        rig.plan.chip = mpsse::find_chip_type("FT2232H");
        CHECK(rig.run().suspicious == std::set<std::string>{"reply_to_0x8a", "reply_to_0x8b"});
    }
    SUBCASE("it is too fast") {
        CheckRig rig("FT2232H");
        rig.plan.chip = mpsse::find_chip_type("FT2232D");
        CHECK(rig.run().suspicious ==
              std::set<std::string>{"usb_speed", "reply_to_0x8a", "reply_to_0x8b"});
    }
}

TEST_CASE("check: without a wire no pin is driven") {
    for (const char* chip : {"FT232H", "FT2232H", "FT4232H", "FT2232D"}) {
        CAPTURE(chip);
        CheckRig rig(chip);
        REQUIRE(rig.run().good);
        std::size_t sets = 0;
        for (const Bytes& batch : rig.tap->writes()) {
            for (const auto& set : sets_in(batch)) {
                CHECK(set[2] == 0);
                ++sets;
            }
        }
        CHECK(sets > 0);
    }
}

TEST_CASE("check: the latency timer is put back, and the interface left as at a normal end") {
    for (const bool detached : {false, true}) {
        CAPTURE(detached);
        CheckRig rig("FT2232H");
        const auto deadline = rig.clock.now() + std::chrono::seconds(1);
        rig.rig.bench.boards().at(0)->open(0, {})->control_out(set_latency, 5, deadline);
        if (detached) {
            rig.tap->set_driver_detached();
        }
        const auto result = rig.run();
        CHECK(result.good);
        CHECK(result["latency_timer_at_entry_ms"] == "5");
        CHECK(result.begins("left", detached ? "in the chip's own mode" : "in MPSSE mode"));
        CHECK(rig.tap->driver_given_back() == detached);
        const auto wire = rig.rig.bench.boards().at(0)->open(0, {});
        CHECK(latency_of(*wire, rig.clock) == 5);
        CHECK(RawWire(*wire, rig.clock).refuses_bad_command() == !detached);
    }
}

TEST_CASE("check: every selected interface is checked") {
    CheckRig rig("FT2232H");
    rig.plan.interfaces = {0, 1};
    rig.rig.bench.write(0, "bdbus0/drive", "0");
    const auto result = rig.run();
    CHECK(result.good);
    CHECK(result["checked_interfaces"] == "A B");
    CHECK(result["interface"] == "B");
    CHECK(result.text.find("pins_at_entry_low: ff\n") <
          result.text.find("pins_at_entry_low: fe\n"));
}

TEST_CASE("check: an interface in use makes the report incomplete, and the others are checked") {
    CheckRig rig("FT2232H");
    rig.plan.interfaces = {0, 1};
    const auto in_use = rig.rig.bench.boards().at(0)->open(0, {});
    const auto result = rig.run();
    CHECK_FALSE(result.good);
    CHECK(result["report"] == "incomplete, nothing suspicious");
    CHECK(result["mpsse"] == "entered, both bad commands are echoed");
}

TEST_CASE("check: a board that fails is told of, and nothing is sent to one not in MPSSE mode") {
    for (const char* fault : {"timeout -1", "nak -1", "stall -1", "status-only -1",
                              "endpoint-gone -1", "garbage -1", "short -1"}) {
        CAPTURE(fault);
        CheckRig rig("FT2232H", sim::UsbSpeed::high);  // where status packets take time
        rig.rig.bench.write(0, "fault", fault);
        const auto result = rig.run();
        CAPTURE(result.text);
        CHECK_FALSE(result.good);
        CHECK(result.begins("report", "incomplete"));
        CHECK(result.suspicious.contains("failed"));
        CHECK(result.begins("left", "in the chip's own mode"));
        CHECK(rig.tap->writes().size() == 1);  // the bad command that nobody echoed
    }
}

TEST_CASE("check: a board that fails or leaves half way ends the check, and is driven no more") {
    for (const bool unplugged : {false, true}) {
        unsigned transfers = 0;
        bool over = false;
        for (; !over; transfers += 3) {
            CAPTURE(unplugged);
            CAPTURE(transfers);
            CheckRig rig("FT2232H");
            rig.wire(5, 6);  // inputs of a UART
            over = true;
            rig.tap->before_transfer(transfers, [&] {
                over = false;
                rig.rig.bench.write(0, unplugged ? "plugged" : "fault",
                                    unplugged ? "0" : "timeout -1");
            });
            const auto result = rig.run();
            CHECK(result.good == over);
            CHECK_FALSE(rig.is_driven(5));
            CHECK_FALSE(rig.is_driven(6));
        }
        CHECK(transfers > 600);  // the readings of the time are before the wire
    }
}
