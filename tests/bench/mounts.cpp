// SPDX-License-Identifier: MIT
#include "mounts.h"

#include "base/error.h"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace gpiofs::bench {

Transfers transfers(const test::Mount& mount, unsigned board) {
    std::istringstream words(test::read_text(mount / fmt::format("sim/{}/counters", board)));
    Transfers result;
    std::string name;
    for (long number = 0; words >> name >> number;) {
        if (name == "out_transfers") {
            result.out = number;
        } else if (name == "in_transfers") {
            result.in = number;
        }
    }
    return result;
}

UniqueFd open_or_throw(const test::fs::path& path, int flags) {
    UniqueFd file = test::open_file(path, flags);
    if (!file) {
        throw_errno(errno, path.string());
    }
    return file;
}

void read_value(int file) {
    char text[64];
    if (::pread(file, text, sizeof(text), 0) <= 0) {
        throw_errno(errno, "pread of a value");
    }
}

void write_or_throw(const test::fs::path& path, const std::string& text) {
    const std::string result = test::write_text(path, text);
    if (result != "ok") {
        throw std::runtime_error(fmt::format("{} '{}': {}", path.string(), text, result));
    }
}

EmptyFilesystem::EmptyFilesystem() : mount_({EMPTY_FILESYSTEM}, "line") {}

UniqueFd EmptyFilesystem::open_value() const { return open_or_throw(value(), O_RDWR); }

}  // namespace gpiofs::bench
