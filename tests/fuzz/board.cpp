// SPDX-License-Identifier: MIT
// BOARD words, of both programs: what is accepted is within its limits, and means the same when it
// is written down again.
#include "fuzz/input.h"
#include "spec/board_spec.h"
#include "spec/values.h"

#include <fmt/format.h>

using namespace gpiofs;
using test::require;
using Kind = spec::BoardSpec::Kind;

namespace {

std::string written(const sim::BoardConfig& board) {
    std::string text = board.chip;
    const auto add = [&text](const char* key, const auto& value) {
        if (value) {
            text += fmt::format(",{}={}", key, *value);
        }
    };
    if (board.vendor) {
        text += fmt::format(",id={:04x}:{:04x}", *board.vendor, *board.product);
    }
    add("serial", board.serial);
    text += board.usb == sim::UsbSpeed::instant ? ",usb=instant"
            : board.usb == sim::UsbSpeed::high  ? ",usb=hs"
                                                : ",usb=fs";
    add("engine_ns", board.engine_ns);
    add("submit_us", board.submit_us);
    add("frame_us", board.frame_us);
    add("packet_ns", board.packet_ns);
    add("complete_us", board.complete_us);
    add("control_us", board.control_us);
    return text;
}

std::string written(const spec::BoardSpec& board) {
    std::string text;
    const bool by_serial = board.kind == Kind::serial;
    const bool by_path = board.kind == Kind::path;
    switch (board.kind) {
        case Kind::id:
            text = fmt::format("{:04X}:{:04X}", board.vendor, board.product);
            break;
        case Kind::serial:
            text = "serial:" + board.serial.value();
            break;
        case Kind::path:
            text = (board.any_identity ? "path:/sys/" : "path:") + board.path.value();
            break;
        case Kind::all:
            text = "all";
            break;
        case Kind::opted_in:
            text = "opted-in";
            break;
        case Kind::simulated:
            text = "sim:" + written(board.simulated);
            break;
    }
    const auto add = [&text](const char* key, const auto& value) {
        text += fmt::format(",{}={}", key, value);
    };
    if (board.serial && !by_serial) {
        add("serial", *board.serial);
    }
    if (board.path && !by_path) {
        add("path", *board.path);
    }
    if (board.base) {
        add("base", *board.base);
    }
    if (!board.interfaces.empty()) {
        add("interface", board.interfaces);
    }
    if (board.sample_interval_us) {
        add("sample_interval_us", *board.sample_interval_us);
    }
    return text;
}

void check(const spec::BoardSpec& board) {
    require(board.interfaces.size() <= 4);
    require(!board.base || *board.base <= spec::max_base);
    require(!board.serial || !board.serial->empty());
    require(!board.path || board.path->find_first_not_of("0123456789.-") == std::string::npos);
    require(board.kind != Kind::simulated || !board.simulated.chip.empty());
    std::string error;
    const std::string text = written(board);
    const auto again = spec::parse_board(text, error);
    require(again && again->kind == board.kind && again->any_identity == board.any_identity &&
            written(*again) == text);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = test::as_text(data, size);
    std::string error;
    const auto board = spec::parse_board(text, error);
    require(board.has_value() == error.empty());
    if (board) {
        check(*board);
    }
    error.clear();
    const auto simulated = spec::parse_virtual_board(text, error);
    require(simulated.has_value() == error.empty());
    if (simulated) {
        const auto again = spec::parse_virtual_board(written(*simulated), error);
        require(again && written(*again) == written(*simulated));
    }
    return 0;
}
