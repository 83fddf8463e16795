// SPDX-License-Identifier: MIT
#include "monitor/arming.h"

#include "base/log.h"
#include "monitor/failure.h"
#include "monitor/folder_lock.h"

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace gpiofs::monitor {
namespace {

/// Longer than a silent board takes to fail a write to `edge` with the default time-out.
constexpr auto longest_start = std::chrono::seconds(10);
constexpr auto longest_end = std::chrono::seconds(2);

constexpr std::string_view armed_word = "both";
constexpr std::string_view disarmed_word = "none";

/// The text of a small attribute without its newline; -1 and errno on failure.
ssize_t read_attribute(int fd, std::array<char, 64>& text) noexcept {
    ssize_t count = ::pread(fd, text.data(), text.size(), 0);
    if (count > 0 && text.at(static_cast<std::size_t>(count) - 1) == '\n') {
        --count;
    }
    return count;
}

bool write_attribute(int fd, std::string_view text) noexcept {
    return ::pwrite(fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

}  // namespace

Arming::Arming(int folder, const LineName& name, Edges wanted, const EndSignal& signals)
    : folder_(folder), name_(name) {
    open();
    decide(signals);
    if (!covers(armed_for_, wanted)) {
        throw Failure(status::error,
                      name_.complain(fmt::format(
                          "edge is '{0}' and -e asks for {1}: use -e {0}, or {2}",
                          name_of(armed_for_), name_of(wanted), name_.command("both", "edge"))));
    }
}

Arming::~Arming() {
    if (locked_) {
        put_back();
    }
}

void Arming::open() {
    edge_.reset(::openat(folder_, "edge", O_RDWR | O_CLOEXEC));
    writable_ = static_cast<bool>(edge_);
    if (!writable_ && (errno == EACCES || errno == EROFS)) {
        edge_.reset(::openat(folder_, "edge", O_RDONLY | O_CLOEXEC));
    }
    struct stat file {};
    if (!edge_ || ::fstat(edge_.get(), &file) != 0) {
        const int error = errno;
        if (error == ENOENT) {
            throw Failure(
                status::error,
                name_.complain("no file 'edge': this line has no edges, or this is no folder "
                               "of a line: give the folder gpio and a number of an input"));
        }
        throw Failure(status::error, name_.complain(fmt::format("edge: {}: {}", error_text(error),
                                                                "give a line you may read")));
    }
    device_ = file.st_dev;
    inode_ = file.st_ino;
}

void Arming::decide(const EndSignal& signals) {
    const FolderLock deciding(folder_, longest_start, &signals);
    if (!deciding.held()) {
        throw Failure(status::error,
                      name_.complain(fmt::format("cannot lock the folder: {}: end the "
                                                 "program that holds its lock",
                                                 error_text(deciding.error()))));
    }
    try {
        decide_alone();
    } catch (...) {
        edge_.reset();  // and its lock, before the folder's: the next monitor must not meet it
        throw;
    }
}

void Arming::decide_alone() {
    const bool alone = ::flock(edge_.get(), LOCK_EX | LOCK_NB) == 0;
    const std::string setting = read_setting();
    const auto armed = edges_named(setting);
    if (!armed && setting != disarmed_word) {
        throw Failure(status::error, name_.complain(fmt::format(
                                         "edge reads '{}': not a line's: give the folder of "
                                         "an exported line",
                                         setting)));
    }
    if (alone && armed) {
        ::flock(edge_.get(), LOCK_UN);
        armed_for_ = *armed;
        return;
    }
    if (!writable_) {
        throw Failure(status::error,
                      name_.complain(fmt::format(
                          "edge: {}: get the permission to write it, or have it armed: {}",
                          error_text(EACCES), name_.command("both", "edge"))));
    }
    // Shared with the other monitors: no monitor holds it exclusively outside of the folder's lock.
    if (::flock(edge_.get(), LOCK_SH | LOCK_NB) != 0) {
        throw Failure(status::error, name_.complain(fmt::format(
                                         "edge: cannot lock: {}: end the program that holds "
                                         "its lock",
                                         error_text(errno))));
    }
    if (armed) {
        armed_for_ = *armed;
    } else {
        arm();
    }
    locked_ = true;
}

std::string Arming::read_setting() const {
    std::array<char, 64> text{};
    const ssize_t count = read_attribute(edge_.get(), text);
    if (count < 0) {
        const int error = errno;
        throw Failure(means_gone(error) ? status::gone : status::error,
                      name_.complain(fmt::format("edge: {}: try again", error_text(error))));
    }
    return {text.data(), static_cast<std::size_t>(count)};
}

void Arming::arm() {
    if (write_attribute(edge_.get(), armed_word)) {
        armed_for_ = Edges::both;
        return;
    }
    const int error = errno;
    if (error == EIO) {
        throw Failure(status::error, name_.complain(fmt::format(
                                         "cannot arm the line: {}: if it is an output, make "
                                         "it an input: {}",
                                         error_text(error), name_.command("in", "direction"))));
    }
    throw Failure(means_gone(error) ? status::gone : status::error,
                  name_.complain(fmt::format("cannot arm the line: {}: try {}", error_text(error),
                                             name_.command("both", "edge"))));
}

void Arming::put_back() noexcept {
    const FolderLock deciding(folder_, longest_end, nullptr);
    put_back_if_last();
    edge_.reset();  // as in decide()
}

void Arming::put_back_if_last() noexcept {
    // Fails while another monitor holds its lock, and gives up ours in any case.
    if (::flock(edge_.get(), LOCK_EX | LOCK_NB) != 0) {
        return;
    }
    std::array<char, 64> text{};
    const ssize_t count = read_attribute(edge_.get(), text);
    const bool still_ours =
        count >= 0 && std::string_view(text.data(), static_cast<std::size_t>(count)) == armed_word;
    if (count >= 0 && !still_ours) {
        return;
    }
    if (count < 0 || !write_attribute(edge_.get(), disarmed_word)) {
        const int error = errno;
        if (!means_gone(error)) {
            log::warning(name_.complain(fmt::format(
                "the line stays armed: {}: {}", error_text(error), name_.command("none", "edge"))));
        }
    }
}

bool Arming::line_exists() const noexcept {
    std::array<char, 64> text{};
    return read_attribute(edge_.get(), text) >= 0 || !means_gone(errno);
}

bool Arming::is_same_line(const Arming& other) const noexcept {
    return device_ == other.device_ && inode_ == other.inode_;
}

}  // namespace gpiofs::monitor
