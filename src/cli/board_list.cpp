// SPDX-License-Identifier: MIT
#include "cli/board_list.h"

#include "base/text.h"
#include "mpsse/chip_type.h"
#include "mpsse/known_boards.h"

#include <fmt/format.h>
#include <system_error>

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

namespace gpiofs::cli {
namespace {

using transport::Board;
using transport::BoardInfo;

constexpr std::string_view nothing = "-";

using Row = std::array<std::string, 9>;

bool is_alnum(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// A word a shell takes as it stands.
std::string shell_word(const std::string& text) {
    constexpr std::string_view plain = "-_.,:=/+@%";
    const auto is_plain = [=](char c) {
        return is_alnum(c) || plain.find(c) != std::string_view::npos;
    };
    return std::all_of(text.begin(), text.end(), is_plain) ? text : shell_quoted(text);
}

/// The shortest BOARD word that means this board and no other.
std::string selector(const BoardInfo& info, Boards boards) {
    const bool known = mpsse::find_known_board(info.vendor, info.product) != nullptr;
    if (!known) {
        const auto same_id = std::count_if(boards.begin(), boards.end(), [&](const auto& other) {
            return other->info().vendor == info.vendor && other->info().product == info.product;
        });
        const std::string id = fmt::format("{:04x}:{:04x}", info.vendor, info.product);
        return same_id == 1 ? id : fmt::format("{},path={}", id, info.path);
    }
    // A comma would end the serial.
    const bool by_serial =
        has_serial_of_its_own(info, boards) && info.serial->find(',') == std::string::npos;
    return by_serial ? shell_word("serial:" + *info.serial) : "path:" + info.path;
}

std::string holders(const Board& board, unsigned interfaces) {
    std::string text;
    for (unsigned number = 0; number < interfaces; ++number) {
        const std::string holder = board.holder(number);
        text += fmt::format("{}{}:{}", text.empty() ? "" : ",", static_cast<char>('A' + number),
                            holder.empty() ? nothing : std::string_view(holder));
    }
    return text;
}

/// Chip, interfaces, lines, holders and selector, as far as the chip has something to offer.
void describe_chip(const Board& board, Boards boards, Row& row) {
    auto& [path, id, chip_name, serial, letters, lines, held_by, board_word, unit] = row;
    const auto* chip = mpsse::find_chip_type(board.info().bcd_device);
    if (chip == nullptr) {
        chip_name = fmt::format("unknown {:04x}", board.info().bcd_device);
        return;
    }
    chip_name = chip->name;
    const unsigned usable = mpsse_interfaces(board.info());
    if (usable == 0) {
        letters = "no MPSSE";
        return;
    }
    letters = std::string("ABCD").substr(0, usable);
    lines = fmt::format("{}", chip->lines);
    held_by = holders(board, usable);
    board_word = selector(board.info(), boards);
}

Row describe(const Board& board, Boards boards, const SysfsPath& sysfs_path) {
    const BoardInfo& info = board.info();
    Row row;
    row.fill(std::string(nothing));
    auto& [path, id, chip_name, serial, letters, lines, held_by, board_word, unit] = row;
    path = info.path;
    id = fmt::format("{:04x}:{:04x}", info.vendor, info.product);
    if (info.serial && !info.serial->empty()) {
        serial = escape_control(*info.serial);
    }
    describe_chip(board, boards, row);
    const std::string device = sysfs_path(info);
    if (!device.empty() && board_word != nothing) {
        unit = unit_name(device);
    }
    return row;
}

/// Characters of a text that is UTF-8: bytes that do not continue another.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80;
    }));
}

std::string aligned(const std::vector<Row>& rows) {
    std::array<std::size_t, std::tuple_size_v<Row>> widths{};
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width(row[i]));
        }
    }
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i + 1 < row.size(); ++i) {
            text += row[i] + std::string(widths[i] - width(row[i]) + 2, ' ');
        }
        text += row.back() + "\n";
    }
    return text;
}

}  // namespace

std::string sysfs_path(const BoardInfo& info) {
    if (info.virtual_board) {
        return {};
    }
    std::error_code error;
    const auto path = std::filesystem::canonical("/sys/bus/usb/devices/" + info.path, error);
    return error ? std::string() : path.string();
}

std::string format_board_list(Boards boards, const SysfsPath& sysfs_path) {
    std::vector<Row> rows = {
        {"PATH", "ID", "CHIP", "SERIAL", "INTERFACES", "LINES", "HELD BY", "BOARD", "UNIT"}};
    for (const auto& board : boards) {
        if (is_listed(board->info())) {
            rows.push_back(describe(*board, boards, sysfs_path));
        }
    }
    return aligned(rows);
}

std::string unit_name(std::string_view sysfs_path) {
    std::string instance;
    const auto start = sysfs_path.find_first_not_of('/');
    sysfs_path.remove_prefix(std::min(start, sysfs_path.size()));
    for (const char c : sysfs_path) {
        const bool hidden = instance.empty() && c == '.';
        if (c == '/') {
            instance += '-';
        } else if (!hidden && (is_alnum(c) || c == ':' || c == '_' || c == '.')) {
            instance += c;
        } else {
            instance += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return fmt::format("mpsse-gpiofs@{}.service", instance);
}

}  // namespace gpiofs::cli
