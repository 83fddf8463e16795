// SPDX-License-Identifier: MIT
#include "check_rig.h"

using namespace gpiofs;
using namespace gpiofs::test;

namespace {

/// In the reply to a batch with so many bytes, one line reads wrong once.
class OneWrongRead final : public Forwarding {
  public:
    OneWrongRead(std::unique_ptr<transport::Transport> wire, std::size_t batch, std::size_t at)
        : Forwarding(std::move(wire)), batch_(batch), at_(at) {}

    transport::Transfer read(std::span<std::uint8_t> data, TimePoint deadline) override {
        constexpr std::size_t status_size = 2;
        const auto transfer = Forwarding::read(data, deadline);
        if (transfer.bytes == status_size + batch_) {
            data[status_size + at_] ^= 1U << 5;
        }
        return transfer;
    }

  private:
    const std::size_t batch_;
    const std::size_t at_;
};

}  // namespace

TEST_CASE("check: a single wrong read among those after a command is a glitch") {
    CheckRig rig("FT2232H");
    rig.wire(4, 5);
    std::size_t at = 10;
    std::set<std::string> wanted = {"wire_high_glitches", "wire_low_glitches"};
    SUBCASE("in the middle") {}
    SUBCASE("at the end") { at = 32; }
    SUBCASE("directly after it, which for a new level is only late") {
        at = 1;
        wanted = {"wire_high_glitches"};
    }
    rig.wrap = [at](auto wire) { return std::make_unique<OneWrongRead>(std::move(wire), 33, at); };
    const auto result = rig.run();
    CAPTURE(result.text);
    CHECK(result.suspicious == wanted);
}

TEST_CASE("check: a toggle that is not seen is told of") {
    CheckRig rig("FT2232H");
    rig.wire(4, 5);
    rig.wrap = [](auto wire) { return std::make_unique<OneWrongRead>(std::move(wire), 201, 100); };
    const auto result = rig.run();
    CHECK(result.suspicious == std::set<std::string>{"wire_toggles_seen"});
    CHECK(result.begins("wire_toggles_seen", "198 of 200"));
}

TEST_CASE("check: a wire carries both levels, both ways, without a glitch") {
    struct Pair {
        const char* chip;
        unsigned from;
        unsigned to;
    };
    for (const Pair& pair :
         {Pair{"FT2232H", 4, 5}, Pair{"FT2232H", 4, 8}, Pair{"FT2232H", 14, 0},
          Pair{"FT232H", 15, 6}, Pair{"FT4232H", 7, 0}, Pair{"FT2232D", 11, 10}}) {
        for (const auto usb : {sim::UsbSpeed::instant, sim::UsbSpeed::full}) {
            CAPTURE(pair.chip);
            CAPTURE(pair.from);
            CAPTURE(pair.to);
            CheckRig rig(pair.chip, usb);
            rig.wire(pair.from, pair.to);
            const auto result = rig.run();
            CAPTURE(result.text);
            CHECK(result.good);
            CHECK(result["wire"] ==
                  mpsse::pin_name(0, pair.from) + " " + mpsse::pin_name(0, pair.to));
            CHECK(result["wire_forth"] == "0 reads 0, 1 reads 1");
            CHECK(result["wire_back"] == "0 reads 0, 1 reads 1");
            CHECK(result["wire_high_glitches"] == "0 in 32 reads, level seen after 0");
            CHECK(result["wire_low_glitches"] == "0 in 32 reads, level seen after 0");
            CHECK(result["wire_toggles_seen"] == "200 of 200");
            CHECK(result.begins("wire_shortest_pulse", "2 commands"));
            CHECK_FALSE(rig.is_driven(pair.from));
            CHECK_FALSE(rig.is_driven(pair.to));
        }
    }
}

TEST_CASE("check: the shortest pulse is told in the engine's time") {
    auto config = CheckRig::config_of("FT2232H", sim::UsbSpeed::high);
    config.engine_ns = 6500;
    CheckRig rig(config);
    rig.wire(4, 5);
    CHECK(rig.run()["wire_shortest_pulse"] == "2 commands, 13.0 us");
}

TEST_CASE("check: the wire of interface B is driven on interface B only") {
    CheckRig rig("FT2232H");
    rig.plan.interfaces = {0, 1};
    rig.wire(2, 3, 1);
    const auto before = rig.rig.board().edges(0);
    const auto result = rig.run();
    CHECK(result.good);
    CHECK(result["wire"] == "BDBUS2 BDBUS3");
    CHECK(rig.rig.board().edges(0) == before);
    CHECK_FALSE(rig.is_driven(2, 1));
}

TEST_CASE("check: pins that are not wired are told of") {
    CheckRig rig("FT2232H");
    rig.plan.wire = check::Wire{0, 4, 5};
    const auto result = rig.run();
    CAPTURE(result.text);
    CHECK_FALSE(result.good);
    CHECK(result.suspicious == std::set<std::string>{"wire_forth"});
    CHECK(result["wire_forth"].find("not wired") != std::string::npos);
    CHECK(result.begins("report", "incomplete"));
    CHECK_FALSE(rig.is_driven(4));
    CHECK_FALSE(rig.is_driven(5));
}

TEST_CASE("check: nothing more is driven against something else that drives") {
    CheckRig rig("FT2232H");
    rig.wire(4, 5);
    rig.rig.bench.write(0, "adbus5/drive", "0");
    const auto result = rig.run();
    CAPTURE(result.text);
    CHECK_FALSE(result.good);
    CHECK(result.suspicious == std::set<std::string>{"wire_forth"});
    CHECK(result["wire_forth"].find("something else drives it") != std::string::npos);
    CHECK(result.facts.count("wire_back") == 0);
    rig.rig.bench.write(0, "adbus5/drive", "z");
    CHECK_FALSE(rig.is_driven(4));
}

TEST_CASE("check: a signal at any time leaves all lines as inputs") {
    unsigned transfers = 0;
    bool over = false;
    for (; !over; ++transfers) {
        CAPTURE(transfers);
        CheckRig rig("FT2232H");
        rig.wire(5, 6);  // inputs of a UART
        rig.tap->before_transfer(transfers, [&] { rig.ended = true; });
        const auto result = rig.run();
        over = !rig.ended;
        CHECK(result.begins("report", "complete") == result.good);
        CHECK((result.good || !over));
        CHECK_FALSE((result.good && transfers < 600));
        CHECK(result.suspicious.empty());
        CHECK(result.begins("left", "in MPSSE mode") == (transfers > 2));
        CHECK_FALSE(rig.is_driven(5));
        CHECK_FALSE(rig.is_driven(6));
    }
    CHECK(transfers > 600);  // the readings of the time are before the wire
}

TEST_CASE("check: a wire that cannot be is refused by name") {
    CheckRig rig("FT4232H");
    const auto& info = rig.rig.bench.boards().at(0)->info();
    const auto refusal = [&](const check::Wire& wire) {
        return check::why_not_wired(wire, info, rig.plan);
    };
    CHECK(refusal({0, 4, 5}).empty());
    CHECK(refusal({0, 4, 8}).find("ACBUS0 is no line of this FT4232H") != std::string::npos);
    CHECK(refusal({1, 4, 5}).find("interface=B") != std::string::npos);
}
