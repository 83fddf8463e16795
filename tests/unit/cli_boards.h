// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.h"
#include "transport/board.h"

#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

/// Boards that only have a face, for what chooses and lists them.
namespace gpiofs::cli_tests {

inline transport::BoardInfo info(std::string path, unsigned id, unsigned bcd_device,
                                 unsigned interfaces, std::optional<std::string> serial = {}) {
    transport::BoardInfo made;
    made.path = std::move(path);
    made.vendor = static_cast<std::uint16_t>(id >> 16U);
    made.product = static_cast<std::uint16_t>(id & 0xffffU);
    made.bcd_device = static_cast<std::uint16_t>(bcd_device);
    made.serial = std::move(serial);
    made.interfaces = interfaces;
    return made;
}

inline transport::BoardInfo ft232h(std::string path, std::optional<std::string> serial = {}) {
    return info(std::move(path), 0x04036014, 0x0900, 1, std::move(serial));
}
inline transport::BoardInfo ft2232h(std::string path, std::optional<std::string> serial = {}) {
    return info(std::move(path), 0x04036010, 0x0700, 2, std::move(serial));
}
inline transport::BoardInfo ft4232h(std::string path) {
    return info(std::move(path), 0x04036011, 0x0800, 4);
}
inline transport::BoardInfo ft232r(std::string path, std::optional<std::string> serial = {}) {
    return info(std::move(path), 0x04036001, 0x0600, 1, std::move(serial));
}
inline transport::BoardInfo sealevel(std::string path) {
    return info(std::move(path), 0x0c52a064, 0x0700, 2);
}
inline transport::BoardInfo virtual_board(unsigned number) {
    auto made = ft2232h("sim" + std::to_string(number), "SIM" + std::to_string(number));
    made.virtual_board = true;
    return made;
}

class FakeBoard final : public transport::Board {
  public:
    explicit FakeBoard(transport::BoardInfo info, std::array<std::string, 4> holders = {})
        : info_(std::move(info)), holders_(std::move(holders)) {}

    const transport::BoardInfo& info() const noexcept override { return info_; }
    std::string holder(unsigned number) const override { return holders_.at(number); }
    std::unique_ptr<transport::Transport> open(unsigned, const transport::OpenOptions&) override {
        throw_errno(ENODEV, "a board that only has a face");
    }

  private:
    transport::BoardInfo info_;
    std::array<std::string, 4> holders_;
};

}  // namespace gpiofs::cli_tests
