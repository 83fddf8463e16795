// SPDX-License-Identifier: MIT
#include "monitor/line_name.h"

#include "base/text.h"

#include <fmt/format.h>

#include <cerrno>
#include <limits>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace gpiofs::monitor {
namespace {

/// As one word of a shell.
std::string quoted(const std::string& path) {
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%,=";
    if (path.find_first_not_of(plain) == std::string::npos) {
        return path;
    }
    std::string word = "'";
    for (const char c : path) {
        word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return word + "'";
}

std::string without_end_slashes(std::string path) {
    while (path.size() > 1 && path.back() == '/') {
        path.pop_back();
    }
    return path;
}

/// Both end with a slash or are empty, so that a file's name can follow.
struct Place {
    std::string above;  ///< "/run/gpio/"
    std::string name;   ///< "gpio513"
};

Place place_of(const std::string& folder) {
    const auto slash = folder.rfind('/');
    if (slash == std::string::npos) {
        return {"", folder};
    }
    return {folder.substr(0, slash + 1), folder.substr(slash + 1)};
}

/// The number in "gpio513".
std::optional<std::uint64_t> line_number(std::string_view name) {
    constexpr std::string_view prefix = "gpio";
    if (!name.starts_with(prefix)) {
        return std::nullopt;
    }
    return parse_decimal(name.substr(prefix.size()), std::numeric_limits<std::int32_t>::max());
}

}  // namespace

LineName::LineName(std::string typed, const std::string& root, std::uint64_t number)
    : typed_(std::move(typed)), folder_(without_end_slashes(root)) {
    folder_ += fmt::format("{}gpio{}", folder_.ends_with('/') ? "" : "/", number);
}

std::string LineName::file(const std::string& name) const {
    return folder_ + (folder_.ends_with('/') ? "" : "/") + name;
}

std::string LineName::complain(const std::string& why) const {
    return fmt::format("'{}': {}", typed_, why);
}

std::string LineName::command(const std::string& text, const std::string& file_name) const {
    return fmt::format("echo {} > {}", text, quoted(file(file_name)));
}

Failure LineName::gone() const {
    return {status::gone,
            complain("the line has gone: unexported, or its board unplugged: export it "
                     "again")};
}

std::string LineName::why_absent(int error) const {
    if (error != ENOENT) {
        return fmt::format("{}: give the folder of an exported line", error_text(error));
    }
    const Place place = place_of(without_end_slashes(folder_));
    const std::string tree = place.above.empty() ? "." : without_end_slashes(place.above);
    const std::string exporter = place.above + "export";
    if (::access(exporter.c_str(), F_OK) != 0) {
        return fmt::format(
            "no such folder, and '{}' is no tree of GPIO lines: give the folder of an "
            "exported line",
            tree);
    }
    const auto number = line_number(place.name);
    if (!number) {
        return fmt::format("no such folder: the lines of '{}' are named gpio and a number", tree);
    }
    return fmt::format("not exported: echo {} > {}", *number, quoted(exporter));
}

}  // namespace gpiofs::monitor
