// SPDX-License-Identifier: MIT
#include "daemon/wanted_boards.h"

#include "cli/board_list.h"
#include "cli/udev_database.h"
#include "mpsse/known_boards.h"

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <utility>

namespace gpiofs::daemon {
namespace {

bool is_board(std::uint16_t vendor, std::uint16_t product) {
    constexpr std::uint16_t ftdi_vendor = 0x0403;
    return vendor == ftdi_vendor || mpsse::find_known_board(vendor, product) != nullptr;
}

}  // namespace

void add_virtual_boards(const cli::Options& options, VirtualBoards& boards) {
    for (const auto& board : options.boards) {
        if (board.kind == spec::BoardSpec::Kind::simulated) {
            boards.add(board.simulated);
        }
    }
}

bool needs_usb(const cli::Options& options) {
    return options.boards.empty() ||
           std::any_of(options.boards.begin(), options.boards.end(), [](const auto& board) {
               return board.kind != spec::BoardSpec::Kind::simulated;
           });
}

usb::UsbBoardSource::Filter usb_filter(const cli::Options& options) {
    return [&options](std::uint16_t vendor, std::uint16_t product) {
        return is_board(vendor, product) ||
               std::any_of(options.boards.begin(), options.boards.end(),
                           [=](const auto& word) { return cli::may_mean(word, vendor, product); });
    };
}

std::vector<cli::Choice> choose_present(
    const cli::Options& options, const std::vector<std::shared_ptr<transport::Board>>& present) {
    std::vector<transport::BoardInfo> infos;
    infos.reserve(present.size());
    for (const auto& board : present) {
        infos.push_back(board->info());
    }
    cli::ChoiceError error;
    auto choices = cli::choose_boards(options.boards, infos, options.wait, cli::ask_udev, error);
    if (!choices) {
        if (error.ambiguous) {
            std::cout << cli::format_board_list(present, cli::sysfs_path) << std::flush;
        }
        throw std::runtime_error(error.text);
    }
    return std::move(*choices);
}

}  // namespace gpiofs::daemon
