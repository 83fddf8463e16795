// SPDX-License-Identifier: MIT
#include "daemon/daemon.h"

#include "base/log.h"
#include "cli/board_list.h"
#include "cli/board_match.h"
#include "cli/opt_in.h"
#include "cli/udev_database.h"
#include "daemon/wanted_boards.h"
#include "mpsse/chip_type.h"
#include "usb/tty.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace gpiofs::daemon {
namespace {

using Kind = spec::BoardSpec::Kind;

/// Who is woken by the end gets so long to see for himself that the lines have gone.
constexpr std::chrono::milliseconds grace_for_open_files{800};

/// Nothing if any number of boards may be plugged in.
std::optional<unsigned> most_interfaces(const cli::Options& options) {
    const auto stands_for_one = [](const spec::BoardSpec& word) {
        return word.kind != Kind::all && word.kind != Kind::opted_in;
    };
    if (options.boards.empty() || !std::ranges::all_of(options.boards, stands_for_one)) {
        return std::nullopt;
    }
    return mpsse::most_mpsse_interfaces * static_cast<unsigned>(options.boards.size());
}

/// Leads to the tree's own root. Its last part is the name of the kernel's class where it can be,
/// for programs that only look at that.
std::string class_link_at(const std::string& mount_point) {
    return mount_point == mounting::sysfs_place ? mount_point : "..";
}

fs::MountOptions mount_options(const cli::Options& options) {
    fs::MountOptions mount;
    mount.source = options.source.empty() ? "mpsse-gpiofs" : options.source;
    mount.options = options.mount_options;
    mount.allow_other = options.allow_other || ::geteuid() == 0;
    mount.single_threaded = options.single_threaded;
    mount.interfaces = most_interfaces(options);
    mount.debug = options.debug;
    mount.ownership.uid = options.uid.value_or(::getuid());
    mount.ownership.gid = options.gid.value_or(::getgid());
    mount.ownership.umask = options.umask;
    return mount;
}

}  // namespace

void note_tty_openers(cli::Options& options) {
    if (!options.take_open_tty) {
        options.tty_openers = usb::tty_openers();
    }
}

Daemon::Daemon(const cli::Options& options, std::optional<mounting::MountPoint> mount_point)
    : options_(options),
      boards_(options, registry_, reclaim_, clock_, cli::ask_udev),
      mount_point_(std::move(mount_point)) {
    if (options.exit_on_unplug) {
        boards_.when_empty(EndSignals::raise);
    }
    try {
        end_signals_.watch([this] { boards_.cancel_opening(); });
        add_virtual_boards(options_, virtual_boards_);
        if (needs_usb(options_)) {
            look_for_usb_boards();
        }
        if (options.at_sysfs) {
            sysfs_place_.emplace(options.hide_kernel);
            mount_point_.emplace(mounting::sysfs_place, true);
        }
        open_boards();
        mount();
    } catch (const std::exception&) {
        stop();
        if (end_signals_.came()) {
            throw EndedBySignal(
                "ended by a signal while the boards were opened: nothing is mounted");
        }
        throw;
    }
}

Daemon::~Daemon() { stop(); }

void Daemon::look_for_usb_boards() {
    usb_ = std::make_unique<usb::UsbBoardSource>(usb_filter(options_));
    // Before the boards are listed, so that nothing comes or goes unseen.
    usb_->watch(arrivals_);
    if (!usb::UsbBoardSource::why_unheard().empty()) {
        usb_->watch_by_looking(arrivals_);
    }
}

void Daemon::open_boards() {
    auto present = virtual_boards_.boards();
    if (usb_) {
        const auto on_usb = usb_->boards();
        present.insert(present.end(), on_usb.begin(), on_usb.end());
    }
    BoardManager::Later later;
    if (options_.wait && usb_) {
        later = [this](const auto& board) { arrivals_.board_arrived(board); };
        look_again_after_udev(present);
    }
    const auto choices = choose_present(options_, present);
    if (!options_.mount_below.empty()) {
        claim_folder(present.at(choices.front().board)->info());
    }
    boards_.open_present(present, choices, later);
    virtual_boards_.watch(bench_arrivals_);
    if (usb_) {
        if (const auto warning = usb::UsbBoardSource::why_unheard(); !warning.empty()) {
            log::warning(warning);
        }
        arrivals_.start();
    }
}

void Daemon::look_again_after_udev(const BoardManager::Boards& present) {
    const bool udev_decides =
        std::any_of(options_.boards.begin(), options_.boards.end(),
                    [](const auto& board) { return board.kind == Kind::opted_in; });
    for (const auto& board : present) {
        const auto& info = board->info();
        if (udev_decides && !info.virtual_board &&
            cli::ask_udev(info) == cli::MountsItself::unknown_yet) {
            arrivals_.board_arrived(board);
        }
    }
}

void Daemon::claim_folder(const transport::BoardInfo& board) {
    folder_.emplace(options_.mount_below, board.serial, board.path);
    mount_point_.emplace(folder_->open(), options_.nonempty);
}

void Daemon::mount() {
    mounted_at_ = mount_point_->path();
    const fs::Services services{
        registry_, virtual_boards_.files(), clock_,
        std::chrono::duration_cast<std::chrono::milliseconds>(options_.timeout),
        class_link_at(mounted_at_)};
    session_.emplace(*mount_point_, mount_options(options_), services);
    mount_point_.reset();  // it holds a folder, which nobody could unmount
    if (folder_) {
        log::info("mounted at " + mounted_at_);
    }
}

void Daemon::run(cli::Startup& startup) {
    struct Ready {
        cli::Startup& startup;
        const std::string& mount_point;
    } ready{startup, mounted_at_};
    session_->on_ready(
        [](void* context) {
            const auto* told = static_cast<const Ready*>(context);
            told->startup.ready(told->mount_point);
        },
        &ready);
    end_signals_.watch([this] {
        boards_.leave_all();
        session_->detach();
        if (folder_) {
            folder_->remove();
        }
        if (sysfs_place_) {
            sysfs_place_->remove();
        }
        session_->quit(grace_for_open_files);
    });
    session_->run();
}

void Daemon::stop() noexcept {
    end_signals_.stop_watching();
    virtual_boards_.stop_watching();
    if (usb_) {
        usb_->stop_watching();
    }
    arrivals_.stop();
    // Every thread that might notify a poller is joined before the session is unmounted.
    boards_.close();
    session_.reset();
    folder_.reset();
    sysfs_place_.reset();
}

std::string board_list() {
    // Which boards of other vendors are FTDI chips, their descriptors tell.
    usb::UsbBoardSource source([](std::uint16_t, std::uint16_t) { return true; });
    const auto boards = source.boards();
    const std::string opt_in = cli::format_opt_in(boards, cli::ask_udev);
    return cli::format_board_list(boards, cli::sysfs_path) + (opt_in.empty() ? "" : "\n" + opt_in);
}

}  // namespace gpiofs::daemon
