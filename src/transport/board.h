// SPDX-License-Identifier: MIT
#pragma once

#include "transport/transport.h"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gpiofs::transport {

/// What is known of a board before it is opened.
struct BoardInfo {
    /// Bus and ports as the kernel names them ("1-1.2"); "sim0", "sim1" ... for virtual boards.
    std::string path;
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    /// Tells the chip: see mpsse/chip_type.h.
    std::uint16_t bcd_device = 0;
    /// Absent if the board has none (a blank EEPROM).
    std::optional<std::string> serial;
    /// USB interfaces in the configuration descriptor, with or without MPSSE.
    unsigned interfaces = 0;
    /// Every interface has the class and the pipes of an FTDI chip's, whatever the vendor.
    bool like_ftdi = false;
    bool virtual_board = false;
};

/// Which kernel driver may be taken off an interface.
enum class Detach { serial, any, none };

/// A program that has a serial port open.
struct TtyOpener {
    std::string tty;  ///< "ttyUSB0"
    /// Of the tty's folder in sysfs: tells it from a later one of the same name.
    ino_t tty_inode = 0;
    pid_t pid = 0;
    std::string program;
};

struct OpenOptions {
    Detach detach = Detach::serial;
    TimePoint deadline = TimePoint::max();
    /// Whether an interface may be taken although a program has its tty open.
    bool take_open_tty = true;
    /// Programs that were seen to have a tty open; outlives the call.
    std::span<const TtyOpener> tty_openers{};
};

/// A board that is plugged in. Thread-safe.
class Board {
  public:
    Board() = default;
    Board(const Board&) = delete;
    Board& operator=(const Board&) = delete;
    virtual ~Board() = default;

    virtual const BoardInfo& info() const noexcept = 0;

    /// Who has interface `number` now, for --list and for error messages: a driver's name
    /// ("ftdi_sio", "gpio-mpsse", "usbfs"), or nothing.
    virtual std::string holder(unsigned number) const = 0;

    /// Claims one interface and no other. Throws std::system_error: EACCES no permission for the
    /// device node, EBUSY held by a program or by a driver that may not be detached, or its tty is
    /// open and may not be taken, ENODEV gone.
    virtual std::unique_ptr<Transport> open(unsigned number, const OpenOptions& options) = 0;
};

/// Is told of boards that come and go. Called from the source's own thread, never from inside a
/// libusb callback, so it may block and open boards.
class BoardObserver {
  public:
    BoardObserver() = default;
    BoardObserver(const BoardObserver&) = delete;
    BoardObserver& operator=(const BoardObserver&) = delete;
    virtual ~BoardObserver() = default;

    virtual void board_arrived(const std::shared_ptr<Board>& board) = 0;
    /// `path` is BoardInfo::path of a board that has been unplugged.
    virtual void board_left(const std::string& path) = 0;
};

/// Where boards come from: the USB bus, or the virtual bench. Thread-safe.
class BoardSource {
  public:
    BoardSource() = default;
    BoardSource(const BoardSource&) = delete;
    BoardSource& operator=(const BoardSource&) = delete;
    virtual ~BoardSource() = default;

    /// The boards that are plugged in now, in order of their path.
    virtual std::vector<std::shared_ptr<Board>> boards() = 0;
    /// Starts telling `observer` of later arrivals and departures. It outlives the watching.
    virtual void watch(BoardObserver& observer) = 0;
    /// Stops telling; when it returns no call is under way and none will come. Idempotent.
    virtual void stop_watching() noexcept = 0;
};

}  // namespace gpiofs::transport
