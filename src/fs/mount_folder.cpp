#include "fs/mount_folder.h"

#include "base/error.h"
#include "base/log.h"
#include "fs/mount_point.h"

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <thread>
#include <unistd.h>
#include <utility>

namespace gpiofs::fs {
namespace {

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

void make_folder(const std::string& path, mode_t mode) {
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
        throw_errno(errno, fmt::format("cannot make the folder {}", path));
    }
}

UniqueFd open_folder(const std::string& path) {
    return UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// How long somebody else's lock on the parent is respected: ours last a moment.
constexpr auto lock_patience = std::chrono::seconds(5);
constexpr auto lock_retry = std::chrono::milliseconds(10);

/// Keeps all others of ours from making and removing folders in `parent`, for a moment. Whoever may
/// read a folder may lock it, so nobody is waited for any longer than ours would take.
class FolderLock {
  public:
    explicit FolderLock(const std::string& parent) : folder_(open_folder(parent)) {
        if (!folder_) {
            throw_errno(errno, fmt::format("folder {}", parent));
        }
        const auto end = std::chrono::steady_clock::now() + lock_patience;
        while (::flock(folder_.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK && errno != EINTR) {
                throw_errno(errno, fmt::format("cannot lock the folder {}", parent));
            }
            if (std::chrono::steady_clock::now() >= end) {
                log::warning(
                    fmt::format("the folder {}: somebody keeps it locked; going on", parent));
                return;
            }
            std::this_thread::sleep_for(lock_retry);
        }
    }

  private:
    UniqueFd folder_;
};

/// What the owner of a folder keeps locked: nothing if there is an owner already.
UniqueFd lock_if_free(UniqueFd folder) {
    return ::flock(folder.get(), LOCK_EX | LOCK_NB) == 0 ? std::move(folder) : UniqueFd();
}

/// Makes the folder and locks it; nothing if somebody else has it.
UniqueFd claim(const std::string& path) {
    switch (mount_state(path)) {
        case MountState::alive:
            return {};
        case MountState::dead:
            clear_dead_mount(path);
            break;
        case MountState::none:
            break;
    }
    make_folder(path, 0700);  // it is covered by the mount; others must not be able to lock it
    UniqueFd folder = open_folder(path);
    if (!folder) {
        throw_errno(errno, fmt::format("mount point {}", path));
    }
    return lock_if_free(std::move(folder));
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

MountFolder::MountFolder(const std::string& parent, const std::optional<std::string>& serial,
                         const std::string& path) {
    make_folder(parent, 0755);
    parent_ = std::filesystem::canonical(parent).string();
    const FolderLock others_wait(parent_);
    for (const auto& name : {folder_name(serial, path), path}) {
        path_ = fmt::format("{}/{}", parent_, name);
        lock_ = claim(path_);
        if (lock_) {
            return;
        }
    }
    throw_errno(EBUSY, fmt::format("mount point {}: another program has it", path_));
}

void MountFolder::remove() noexcept {
    if (!lock_) {
        return;
    }
    try {
        const FolderLock others_wait(parent_);
        ::rmdir(path_.c_str());
        lock_.reset();
    } catch (const std::exception& error) {
        log::warning(error.what());
    }
}

void clear_below(const std::string& parent) {
    std::error_code error;
    if (!std::filesystem::exists(parent, error)) {
        return;
    }
    const std::string shared = std::filesystem::canonical(parent).string();
    const FolderLock others_wait(shared);
    for (const auto& entry : std::filesystem::directory_iterator(shared)) {
        const std::string path = entry.path().string();
        const MountState state = mount_state(path);
        if (state == MountState::dead) {
            clear_dead_mount(path);
        }
        if (state == MountState::alive) {
            continue;
        }
        UniqueFd folder = open_folder(path);
        if (folder && lock_if_free(std::move(folder))) {
            ::rmdir(path.c_str());  // what is not empty stays
        }
    }
}

}  // namespace gpiofs::fs
