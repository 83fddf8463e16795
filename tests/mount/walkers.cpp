// SPDX-License-Identifier: MIT
#include "events_board.h"
#include "mount/virtual_boards.h"
#include "support/mount.h"
#include "support/skip.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <thread>

using namespace gpiofs::test;

namespace {

/// A streamed board whose armed lines toggle without a rest: 513 from the bench, 514 by the output
/// 512 that is wired to it.
class RestlessBoard {
  public:
    explicit RestlessBoard(const std::string& usb) : mount_(virtual_board("FT232H", usb)) {
        mount_.set_bench("wires", "adbus0 adbus2");
        REQUIRE(write_text(mount_.export_line(512) / "direction", "low") == "ok");
        REQUIRE(write_text(mount_.export_line(515) / "direction", "high") == "ok");
        for (const unsigned number : {513U, 514U}) {
            REQUIRE(write_text(mount_.export_line(number) / "edge", "both") == "ok");
        }
        REQUIRE(write_text(mount_ / "gpiochip512/sample_interval_us", "0") == "ok");
        still_ = edges_of_still_pins();
        toggler_ = std::jthread([this](const std::stop_token& stop) {
            for (bool level = true; !stop.stop_requested(); level = !level) {
                write_text(mount_ / "sim/0/adbus1/drive", level ? "1" : "0");
                write_text(mount_ / "gpio512/value", level ? "1" : "0");
            }
        });
        REQUIRE(wait_until([this] { return std::stol(mount_.bench("adbus2/edges")) > 200; }));
    }

    Mount& mount() noexcept { return mount_; }

    /// What the bench has counted for every pin that nobody toggles.
    std::map<std::string, std::string> edges_of_still_pins() const {
        std::map<std::string, std::string> edges;
        for (const auto& pin : list(mount_ / "sim/0")) {
            const bool toggled = pin == "adbus0" || pin == "adbus1" || pin == "adbus2";
            if (!toggled && fs::is_directory(mount_ / "sim/0" / pin)) {
                edges[pin] = mount_.bench(pin + "/edges");
            }
        }
        return edges;
    }

    /// Stops the toggling; then what the tree has must be what it had.
    void check_untouched() {
        toggler_.request_stop();
        toggler_.join();
        CHECK(still_.size() >= 13);
        CHECK(edges_of_still_pins() == still_);
        for (const auto& row :
             std::map<std::string, std::string>{{"gpio512/direction", "out\n"},
                                                {"gpio513/direction", "in\n"},
                                                {"gpio514/direction", "in\n"},
                                                {"gpio515/direction", "out\n"},
                                                {"gpio515/value", "1\n"},
                                                {"gpio513/edge", "both\n"},
                                                {"gpio514/edge", "both\n"},
                                                {"gpiochip512/sample_interval_us", "0\n"}}) {
            CAPTURE(row.first);
            CHECK(read_text(mount_ / row.first) == row.second);
        }
        CHECK(mount_.stop() == 0);
    }

  private:
    Mount mount_;
    std::map<std::string, std::string> still_;
    std::jthread toggler_;
};

/// Each of these walks through the whole tree ($1) and ends by itself; $2 is an empty folder. What
/// they say about files that can only be written, or whose text is shorter than their size, is
/// theirs.
constexpr std::array<const char*, 8> walks{
    R"(grep -r 'no such text' "$1")",
    R"(tar cf "$2/tree.tar" -C "$1" .)",
    R"(cp -a "$1" "$2/copy")",
    R"(rsync -a "$1/" "$2/synced")",
    R"(find "$1" -type f -exec md5sum {} +)",
    R"(find "$1" -name events -exec cat {} + >"$2/events")",
    R"(du -a "$1"; ls -lR "$1")",
    R"(find "$1" -type f -exec wc -c {} + -exec head -c 10 {} +)",
};

/// As run() kills what does not end.
constexpr int killed = 128 + 9;

void check_walks(const std::string& usb) {
    RestlessBoard board(usb);
    for (const std::string walk : walks) {
        CAPTURE(walk);
        const TemporaryFolder folder;
        const auto result =
            run({"sh", "-uc", walk, "sh", board.mount().path(), folder.path().string()});
        REQUIRE(result.status != killed);
        CHECK(result.err.find("not found") == std::string::npos);
        CHECK(result.err.find("Interrupted") == std::string::npos);
        CHECK(board.mount().process().running());
        CHECK(board.edges_of_still_pins().size() >= 13);
    }
    board.check_untouched();
}

}  // namespace

TEST_CASE("programs that walk through an armed tree end and move no pin, usb=instant") {
    NEEDS_MOUNT();
    check_walks("instant");
}

TEST_CASE("programs that walk through an armed tree end and move no pin, usb=hs") {
    NEEDS_MOUNT();
    check_walks("hs");
}

TEST_CASE("programs that walk through an armed tree end and move no pin, usb=fs") {
    NEEDS_MOUNT();
    check_walks("fs");
}

TEST_CASE("a copy of an armed tree has the edges of its lines") {
    NEEDS_MOUNT();
    Mount mount(virtual_board("FT232H", "hs"));
    const auto line = mount.export_line(513);
    mount.set_bench("adbus1/drive", "0");
    REQUIRE(write_text(line / "edge", "both") == "ok");
    for (const char* level : {"1", "0", "1"}) {
        mount.set_bench("adbus1/drive", level);
        REQUIRE(read_text(line / "value") == std::string(level) + "\n");
    }
    const auto events = open_file(line / "events", O_RDONLY | O_NONBLOCK);
    const std::string text = read_to_end(events.get());
    REQUIRE(std::count(text.begin(), text.end(), '\n') == 3);
    const TemporaryFolder folder;
    const auto copied = run({"cp", "-a", line, folder.path() / "copy"});
    CHECK(copied.status == 0);
    CHECK(copied.err == "");
    CHECK(read_text(folder.path() / "copy/events") == text);
    CHECK(read_text(folder.path() / "copy/direction") == "in\n");
}
