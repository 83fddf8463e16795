// SPDX-License-Identifier: MIT
#include "mounting/mount_table.h"

#include "base/text.h"

#include <fmt/format.h>

#include <fstream>
#include <string_view>

namespace gpiofs::mounting {
namespace {

/// mountinfo writes space, tab, newline and backslash as three octal digits.
std::string unescape(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size()) {
            result += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                        (text[i + 3] - '0'));
            i += 3;
        } else {
            result += text[i];
        }
    }
    return result;
}

}  // namespace

std::string mount_id(int fd) {
    std::ifstream info(fmt::format("/proc/self/fdinfo/{}", fd));
    for (std::string word; info >> word;) {
        if (word == "mnt_id:" && info >> word) {
            return word;
        }
    }
    return {};
}

std::optional<MountedOn> mount_with_id(const std::string& id) {
    std::ifstream mountinfo("/proc/self/mountinfo");
    for (std::string line; std::getline(mountinfo, line);) {
        const auto words = split(line, ' ');
        if (words.size() < 5 || words[0] != id) {
            continue;
        }
        for (std::size_t i = 5; i + 2 < words.size(); ++i) {
            if (words[i] == "-") {
                return MountedOn{id, std::string(words[2]), unescape(words[4]),
                                 std::string(words[i + 1]), unescape(words[i + 2])};
            }
        }
    }
    return std::nullopt;
}

}  // namespace gpiofs::mounting
