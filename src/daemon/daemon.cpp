#include "daemon/daemon.h"

#include "base/log.h"
#include "cli/board_list.h"
#include "cli/board_match.h"
#include "mpsse/known_boards.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <unistd.h>

namespace gpiofs::daemon {
namespace {

using Kind = spec::BoardSpec::Kind;

constexpr std::uint16_t ftdi_vendor = 0x0403;

bool is_board(std::uint16_t vendor, std::uint16_t product) {
    return vendor == ftdi_vendor || mpsse::find_known_board(vendor, product) != nullptr;
}

fs::MountOptions mount_options(const cli::Options& options) {
    fs::MountOptions mount;
    mount.mount_point = options.mount_point;
    mount.source = options.source.empty() ? "mpsse-gpiofs" : options.source;
    mount.options = options.mount_options;
    mount.allow_other = options.allow_other || ::geteuid() == 0;
    mount.single_threaded = options.single_threaded;
    mount.debug = options.debug;
    mount.ownership.uid = options.uid.value_or(::getuid());
    mount.ownership.gid = options.gid.value_or(::getgid());
    mount.ownership.umask = options.umask;
    return mount;
}

}  // namespace

Daemon::Daemon(const cli::Options& options)
    : options_(options), boards_(options, registry_, reclaim_, clock_) {
    try {
        put_virtual_boards();
        open_boards();
        const fs::Services services{
            registry_, bench_tree_.get(), clock_,
            std::chrono::duration_cast<std::chrono::milliseconds>(options.timeout)};
        session_.emplace(mount_options(options), services);
        if (options.exit_on_unplug) {
            boards_.when_empty(EndSignals::raise);
        }
    } catch (...) {
        stop();
        throw;
    }
}

Daemon::~Daemon() { stop(); }

void Daemon::put_virtual_boards() {
    for (const auto& board : options_.boards) {
        if (board.kind == Kind::simulated) {
            bench_.add(board.simulated);
        }
    }
    if (bench_.size() > 0) {
        bench_tree_ = std::make_unique<BenchTree>(bench_);
    }
}

bool Daemon::needs_usb() const {
    return options_.boards.empty() ||
           std::any_of(options_.boards.begin(), options_.boards.end(),
                       [](const auto& board) { return board.kind != Kind::simulated; });
}

void Daemon::open_boards() {
    auto present = bench_.boards();
    if (needs_usb()) {
        usb_ = std::make_unique<usb::UsbBoardSource>(
            [this](std::uint16_t vendor, std::uint16_t product) {
                return is_board(vendor, product) ||
                       std::any_of(options_.boards.begin(), options_.boards.end(),
                                   [=](const auto& board) {
                                       return board.kind == Kind::id && board.vendor == vendor &&
                                              board.product == product;
                                   });
            });
        for (auto& board : usb_->boards()) {
            present.push_back(std::move(board));
        }
    }
    std::vector<transport::BoardInfo> infos;
    infos.reserve(present.size());
    for (const auto& board : present) {
        infos.push_back(board->info());
    }
    cli::ChoiceError error;
    const auto choices = cli::choose_boards(options_.boards, infos, options_.wait, error);
    if (!choices) {
        if (error.ambiguous) {
            std::cout << cli::format_board_list(present, cli::sysfs_path) << std::flush;
        }
        throw std::runtime_error(error.text);
    }
    boards_.open(present, *choices);
    bench_.watch(boards_);
    if (usb_) {
        usb_->watch(boards_);
        // What came after the list was made and before the watch; known ones are not taken twice.
        for (const auto& board : usb_->boards()) {
            boards_.board_arrived(board);
        }
    }
}

void Daemon::run(cli::Startup& startup) {
    session_->on_ready([](void* context) { static_cast<cli::Startup*>(context)->ready(); },
                       &startup);
    end_signals_.watch([this] {
        boards_.stop_transfers();
        session_->quit();
    });
    session_->run();
}

void Daemon::stop() noexcept {
    end_signals_.stop_watching();
    bench_.stop_watching();
    if (usb_) {
        usb_->stop_watching();
    }
    // Every thread that might notify a poller is joined before the session is unmounted.
    boards_.close();
    session_.reset();
}

std::string board_list() {
    usb::UsbBoardSource source(is_board);
    const auto boards = source.boards();
    return cli::format_board_list(boards, cli::sysfs_path);
}

}  // namespace gpiofs::daemon
