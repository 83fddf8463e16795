// SPDX-License-Identifier: MIT
#include "support/files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

namespace gpiofs::test {

std::string errno_name(int error) {
    if (error == 0) {
        return "ok";
    }
    const char* name = ::strerrorname_np(error);
    return name != nullptr ? name : std::to_string(error);
}

UniqueFd open_file(const fs::path& path, int flags) {
    return UniqueFd(::open(path.c_str(), flags | O_CLOEXEC, 0666));
}

std::string try_open(const fs::path& path, int flags) {
    const UniqueFd fd = open_file(path, flags);
    return errno_name(fd ? 0 : errno);
}

std::string read_text(const fs::path& path) {
    const UniqueFd fd = open_file(path, O_RDONLY);
    if (!fd) {
        return errno_name(errno);
    }
    std::string text;
    std::array<char, 4096> piece{};
    while (true) {
        const ssize_t count = ::read(fd.get(), piece.data(), piece.size());
        if (count < 0) {
            return errno_name(errno);
        }
        if (count == 0) {
            return text;
        }
        text.append(piece.data(), static_cast<std::size_t>(count));
    }
}

std::string read_at(int fd, off_t offset, std::size_t size) {
    std::string text(size, '\0');
    const ssize_t count = ::pread(fd, text.data(), size, offset);
    if (count < 0) {
        return errno_name(errno);
    }
    text.resize(static_cast<std::size_t>(count));
    return text;
}

std::string write_text(const fs::path& path, std::string_view text) {
    const UniqueFd fd = open_file(path, O_WRONLY);
    if (!fd) {
        return errno_name(errno);
    }
    return write_at_start(fd.get(), text);
}

std::string write_at_start(int fd, std::string_view text) {
    const ssize_t count = ::pwrite(fd, text.data(), text.size(), 0);
    return errno_name(count < 0 ? errno : 0);
}

std::vector<std::string> list(const fs::path& path) {
    std::error_code error;
    std::vector<std::string> names;
    for (auto entry = fs::directory_iterator(path, error);
         !error && entry != fs::directory_iterator(); entry.increment(error)) {
        names.push_back(entry->path().filename());
    }
    if (error) {
        return {errno_name(error.value())};
    }
    std::sort(names.begin(), names.end());
    return names;
}

TemporaryFolder::TemporaryFolder() {
    std::string name = fs::temp_directory_path() / "gpiofs-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("mkdtemp: " + errno_name(errno));
    }
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

}  // namespace gpiofs::test
