// SPDX-License-Identifier: MIT
#include "faults/log_lines.h"

#include <doctest/doctest.h>
#include <sys/mman.h>

#include <array>
#include <cstdio>
#include <sstream>
#include <unistd.h>

namespace gpiofs::test {
namespace {

const std::string program = "mpsse-gpiofs: ";

}  // namespace

LogLines::LogLines() : terminal_(dup(STDERR_FILENO)), file_(memfd_create("log", MFD_CLOEXEC)) {
    REQUIRE(terminal_ >= 0);
    REQUIRE(file_ >= 0);
    REQUIRE(dup2(file_, STDERR_FILENO) == STDERR_FILENO);
}

LogLines::~LogLines() {
    dup2(terminal_, STDERR_FILENO);
    std::istringstream lines(text());
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(program)) {
            std::fprintf(stderr, "%s\n", line.c_str());
        }
    }
    close(terminal_);
    close(file_);
}

std::string LogLines::text() const {
    std::string all;
    std::array<char, 4096> part{};
    ssize_t size = 0;
    while ((size = pread(file_, part.data(), part.size(), static_cast<off_t>(all.size()))) > 0) {
        all.append(part.data(), static_cast<std::size_t>(size));
    }
    return all;
}

std::vector<std::string> LogLines::about(const std::string& whom) const {
    const std::string start = program + whom + ": ";
    std::vector<std::string> found;
    std::istringstream lines(text());
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(start)) {
            found.push_back(line.substr(start.size()));
        }
    }
    return found;
}

}  // namespace gpiofs::test
