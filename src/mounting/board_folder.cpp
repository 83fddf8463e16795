// SPDX-License-Identifier: MIT
#include "mounting/board_folder.h"

#include "base/error.h"
#include "base/log.h"
#include "mounting/mount_point.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace gpiofs::mounting {
namespace {

using Clock = std::chrono::steady_clock;

bool is_plain(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
}

/// Digits, a dash, and digits and dots: how the kernel names a USB device.
bool is_like_path(const std::string& name) noexcept {
    const auto dash = name.find('-');
    return dash != 0 && dash != std::string::npos && name.find_first_not_of("0123456789") == dash &&
           name.find_first_not_of("0123456789.", dash + 1) == std::string::npos;
}

/// A program that removes a folder holds its lock for a moment, which on a busy machine can last. A
/// shorter limit gave a board that was plugged in again its USB path for a name.
constexpr std::chrono::milliseconds removal{1000};
constexpr std::chrono::milliseconds look_again{1};

std::string path_below(const Folder& parent, const std::string& name) {
    return fmt::format("{}/{}", parent.path(), name);
}

Folder open_or_make(const Folder& parent, const std::string& name) {
    // It is covered by the mount, and nobody else must be able to lock it.
    if (::mkdirat(parent.fd(), name.c_str(), 0700) != 0 && errno != EEXIST) {
        throw_errno(errno, fmt::format("cannot make the folder {}", path_below(parent, name)));
    }
    Folder folder = parent.child(name);
    if (!folder && errno != ENOENT) {  // removed again, it is made anew
        throw_errno(errno, fmt::format("mount point {}", path_below(parent, name)));
    }
    return folder;
}

/// Makes the folder and locks it. Not valid if somebody else has it.
UniqueFd claim(const Folder& parent, const std::string& name) {
    auto end = Clock::now() + removal;
    do {
        const Folder folder = open_or_make(parent, name);
        if (!folder) {
            continue;
        }
        switch (mount_state(folder)) {
            case MountState::dead:
                clear_dead_mount(folder);
                end = Clock::now() + removal;
                continue;
            case MountState::none:
                break;
            case MountState::alive:
            case MountState::silent:
            case MountState::strangers:
                return {};
        }
        UniqueFd locked = folder.lock();
        if (locked && parent.has(name, locked.get())) {
            return locked;
        }
        std::this_thread::sleep_for(look_again);
    } while (Clock::now() < end);
    return {};
}

/// A folder that a killed program may have left.
class Remains {
  public:
    Remains(std::string name, Folder folder)
        : name_(std::move(name)),
          folder_(std::move(folder)),
          question_(std::make_unique<MountQuestion>(folder_)) {}

    void clear(const Folder& parent, Clock::time_point deadline) {
        const std::string path = path_below(parent, name_);
        switch (question_->answer(deadline)) {
            case MountState::dead:
                clear_dead_mount(folder_);
                folder_ = parent.child(name_);
                break;
            case MountState::none:
                break;
            case MountState::silent:
                log::warning(fmt::format("{}: its mpsse-gpiofs does not answer; left alone", path));
                return;
            case MountState::alive:
            case MountState::strangers:
                return;
        }
        if (folder_ && folder_.lock()) {
            ::unlinkat(parent.fd(), name_.c_str(), AT_REMOVEDIR);  // what is not empty stays
        }
    }

  private:
    std::string name_;
    Folder folder_;
    std::unique_ptr<MountQuestion> question_;
};

Folder open_parent(const std::string& path) {
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
        throw_errno(errno, fmt::format("cannot make the folder {}", path));
    }
    return Folder::open("folder", path);
}

}  // namespace

std::string folder_name(const std::optional<std::string>& serial, const std::string& path) {
    std::string name = serial.value_or("");
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !is_plain(c); }, '_');
    const bool usable =
        !name.empty() && name.size() <= NAME_MAX && name.front() != '.' && !is_like_path(name);
    return usable ? name : path;
}

BoardFolder::BoardFolder(const std::string& parent, const std::optional<std::string>& serial,
                         const std::string& path)
    : parent_(open_parent(parent)) {
    for (const auto& name : {folder_name(serial, path), path}) {
        name_ = name;
        lock_ = claim(parent_, name);
        if (lock_) {
            return;
        }
    }
    throw_errno(EBUSY,
                fmt::format("mount point {}: another program has it", path_below(parent_, name_)));
}

Folder BoardFolder::open() const { return Folder::at(lock_.get()); }

void BoardFolder::remove() noexcept {
    if (lock_) {
        ::unlinkat(parent_.fd(), name_.c_str(), AT_REMOVEDIR);
        lock_.reset();
    }
}

void clear_below(const std::string& parent) {
    std::error_code error;
    if (!std::filesystem::exists(parent, error)) {
        return;
    }
    const Folder shared = Folder::open("folder", parent);
    std::vector<Remains> all;
    for (const auto& entry : std::filesystem::directory_iterator(shared.by_descriptor())) {
        const std::string name = entry.path().filename().string();
        if (Folder folder = shared.child(name)) {
            all.emplace_back(name, std::move(folder));
        }
    }
    const auto deadline = Clock::now() + patience;  // of all together
    for (auto& one : all) {
        one.clear(shared, deadline);
    }
}

}  // namespace gpiofs::mounting
