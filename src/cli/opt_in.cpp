// SPDX-License-Identifier: MIT
#include "cli/opt_in.h"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <vector>

namespace gpiofs::cli {
namespace {

using transport::BoardInfo;

constexpr std::string_view intro =
    "# To have a board mounted below /run/mpsse-gpiofs whenever it is plugged in, run its line as "
    "root,\n";
constexpr std::string_view outro =
    "# and then:\n"
    "systemd-hwdb update && udevadm control --reload && udevadm trigger --subsystem-match=usb\n";

std::string by_identity(const BoardInfo& info) {
    return fmt::format(
        "# any {:04x}:{:04x}\n"
        "printf 'usb:v{:04X}p{:04X}*\\n MPSSE_GPIOFS_MOUNT=1\\n\\n' "
        ">>/etc/udev/hwdb.d/80-mpsse-gpiofs.hwdb\n",
        info.vendor, info.product, info.vendor, info.product);
}

/// usb::printable() has made "\xNN" of what is not printable, and rules know nothing of that.
bool is_rewritten(std::string_view serial) { return serial.find("\\x") != std::string_view::npos; }

std::string by_itself(const BoardInfo& info, Boards boards) {
    std::string name = fmt::format("{} at this place", info.path);
    std::string match = fmt::format("KERNEL==\"{}\"", info.path);
    if (has_serial_of_its_own(info, boards) && !is_rewritten(*info.serial)) {
        if (const auto pattern = udev_pattern(*info.serial)) {
            name = fmt::format("{}, serial {}", info.path, *info.serial);
            match = fmt::format("ATTR{{serial}}==\"{}\"", *pattern);
        }
    }
    const std::string rule = fmt::format(
        "SUBSYSTEM==\"usb\", ATTR{{idVendor}}==\"{:04x}\", ATTR{{idProduct}}==\"{:04x}\", {}, "
        "ENV{{MPSSE_GPIOFS_MOUNT}}=\"1\"",
        info.vendor, info.product, match);
    return fmt::format("# {}\nprintf '%s\\n' {} >>/etc/udev/rules.d/60-mpsse-gpiofs.rules\n", name,
                       shell_quoted(rule));
}

}  // namespace

std::string format_opt_in(Boards boards, const AskUdev& ask_udev) {
    std::set<std::pair<unsigned, unsigned>> identities;
    std::string any;
    std::string each;
    for (const auto& board : boards) {
        const BoardInfo& info = board->info();
        if (info.virtual_board || !is_listed(info) || mpsse_interfaces(info) == 0 ||
            ask_udev(info) == MountsItself::yes) {
            continue;
        }
        if (identities.emplace(info.vendor, info.product).second) {
            any += by_identity(info);
        }
        each += by_itself(info, boards);
    }
    return each.empty() ? each : fmt::format("{}{}{}{}", intro, any, each, outro);
}

std::optional<std::string> udev_pattern(std::string_view text) {
    std::string pattern;
    for (const char c : text) {
        switch (c) {
            case '|':
                return std::nullopt;
            case '*':
            case '?':
            case '[':
                pattern += fmt::format("[{}]", c);
                break;
            case '\\':
                // Only where something is wild does fnmatch(3) take a backslash as an escape, and
                // the brackets are wild.
                pattern += "[\\\\]";
                break;
            case '"':
                pattern += "\\\"";
                break;
            default:
                pattern += c;
        }
    }
    return pattern;
}

}  // namespace gpiofs::cli
