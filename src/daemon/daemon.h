// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/end_signals.h"
#include "cli/options.h"
#include "cli/parent.h"
#include "daemon/arrivals.h"
#include "daemon/board_manager.h"
#include "daemon/virtual_boards.h"
#include "fs/session.h"
#include "gpio/registry.h"
#include "mounting/board_folder.h"
#include "mounting/mount_point.h"
#include "mounting/sysfs_place.h"
#include "poll/reclaim_list.h"
#include "usb/usb_board_source.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace gpiofs::daemon {

/// A signal came while the boards were opened.
class EndedBySignal final : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Notes in the options which programs have ttys of boards open. Sees those of other users only
/// before keep_needed_privileges().
void note_tty_openers(cli::Options& options);

/// Everything that is there while the tree is mounted, in the order in which it needs each other.
/// Thread-bound to the main thread.
class Daemon {
  public:
    /// Opens the boards and mounts at `mount_point`, or where the options say if there is none yet.
    /// `options` outlive it. Throws LeftAlone, EndedBySignal, std::system_error or
    /// std::runtime_error with one line that says what to do.
    Daemon(const cli::Options& options, std::optional<mounting::MountPoint> mount_point);
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;
    ~Daemon();

    /// Serves until told to end; tells `startup` once the mount answers.
    void run(cli::Startup& startup);

  private:
    void look_for_usb_boards();
    void open_boards();
    /// Has those that udev has not come to yet treated like arrivals, if a BOARD word depends on
    /// it.
    void look_again_after_udev(const BoardManager::Boards& present);
    /// Has the tree mounted in a folder named after this board.
    void claim_folder(const transport::BoardInfo& board);
    void mount();
    void stop() noexcept;

    const cli::Options& options_;
    EndSignals end_signals_;  ///< first: it blocks signals for every thread made below
    SystemClock clock_;
    VirtualBoards virtual_boards_{clock_};
    gpio::Registry registry_;
    poll::ReclaimList reclaim_;
    BoardManager boards_;
    Arrivals arrivals_{[this](const auto& board) { boards_.arrive(board); },
                       [this](const auto& path) { boards_.board_left(path); }, clock_};
    ImmediateArrivals bench_arrivals_{arrivals_,
                                      [this](const auto& board) { boards_.arrive(board); }};
    std::unique_ptr<usb::UsbBoardSource> usb_;
    std::optional<mounting::BoardFolder> folder_;
    std::optional<mounting::SysfsPlace> sysfs_place_;
    std::optional<mounting::MountPoint> mount_point_;  ///< until it is mounted
    std::string mounted_at_;
    std::optional<fs::Session> session_;
};

/// The boards of --list and of an ambiguous choice: those on USB, known or named.
std::string board_list();

}  // namespace gpiofs::daemon
