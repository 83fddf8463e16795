// SPDX-License-Identifier: MIT
#include "base/inherited.h"
#include "base/log.h"
#include "base/privileges.h"
#include "base/standard_streams.h"
#include "cli/options.h"
#include "cli/parent.h"
#include "daemon/check_boards.h"
#include "daemon/daemon.h"
#include "mounting/board_folder.h"
#include "mounting/mount_point.h"
#include "mounting/sysfs_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace {

using namespace gpiofs;

/// Where the tree is going to be; nothing if the daemon has to make the place first.
std::optional<mounting::MountPoint> prepare_place(cli::Options& options) {
    if (options.at_sysfs) {
        return std::nullopt;
    }
    if (options.mount_point.empty()) {
        options.mount_below = std::filesystem::absolute(options.mount_below).string();
        return std::nullopt;
    }
    return mounting::MountPoint(options.mount_point, options.nonempty);
}

int serve(cli::Options& options) {
    const auto handed_over = mounting::handed_over(options.mount_point);
    close_inherited_descriptors(handed_over.value_or(-1));
    daemon::note_tty_openers(options);
    keep_needed_privileges();
    if (!handed_over) {
        mounting::check_fuse(options.allow_other);
    } else if (!options.default_permissions) {
        throw std::runtime_error(
            fmt::format("mount point {}: mounted already, and open to everybody who reaches it: "
                        "mount with -o default_permissions",
                        options.mount_point));
    }
    // Before the fork, which changes the working directory.
    auto mount_point = prepare_place(options);
    if (!options.foreground) {
        log::set_level(log::Level::warning);  // the terminal is told of failures only
    }
    auto startup =
        options.foreground ? cli::Startup::foreground() : cli::Startup::background(!handed_over);
    try {
        daemon::Daemon daemon(options, std::move(mount_point));
        daemon.run(startup);
        return 0;
    } catch (const daemon::LeftAlone& e) {
        return startup.left_alone(e.what());
    } catch (const daemon::EndedBySignal& e) {
        if (options.foreground) {
            log::info(e.what());
            return 0;
        }
        return startup.failed(e.what());
    } catch (const std::exception& e) {
        return startup.failed(e.what());
    }
}

int check(cli::Options& options) {
    daemon::note_tty_openers(options);
    keep_needed_privileges();
    return daemon::check_boards(options, GPIOFS_VERSION);
}

void print_boards() {
    const std::string list = daemon::board_list();
    print(list);
    if (std::count(list.begin(), list.end(), '\n') == 1) {  // the titles
        log::info("no FTDI board is plugged in: none is among /sys/bus/usb/devices");
    }
}

}  // namespace

int main(int argc, char** argv) {
    ignore_broken_pipes();
    open_closed_standard_streams();
    log::set_program("mpsse-gpiofs");
    try {
        auto parsed =
            cli::parse_options(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
        if (const auto* error = std::get_if<cli::UsageError>(&parsed)) {
            log::error(error->text);
            return cli::usage_status;
        }
        auto& options = std::get<cli::Options>(parsed);
        if (options.debug) {
            log::set_level(log::Level::debug);
        }
        switch (options.intent) {
            case cli::Options::Intent::help:
                print(cli::help_text());
                return 0;
            case cli::Options::Intent::version:
                print("mpsse-gpiofs " GPIOFS_VERSION "\n");
                return 0;
            case cli::Options::Intent::list:
                print_boards();
                return 0;
            case cli::Options::Intent::clear:
                if (options.clear_below.empty()) {
                    mounting::clear_sysfs_place();
                } else {
                    mounting::clear_below(options.clear_below);
                }
                return 0;
            case cli::Options::Intent::check:
                return check(options);
            case cli::Options::Intent::run:
                return serve(options);
        }
    } catch (const std::exception& e) {
        log::error(e.what());
    }
    return 1;
}
