#include "fs/mount_folder.h"

#include "base/error.h"
#include "fs/mount_point.h"

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

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

void make_folder(const std::string& path) {
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
        throw_errno(errno, fmt::format("cannot make the folder {}", path));
    }
}

/// Keeps all others of ours out of `parent` for as long as the descriptor is open.
UniqueFd lock_folder(const std::string& parent) {
    UniqueFd folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) {
        throw_errno(errno, fmt::format("folder {}", parent));
    }
    while (::flock(folder.get(), LOCK_EX) != 0) {
        if (errno != EINTR) {
            throw_errno(errno, fmt::format("cannot lock the folder {}", parent));
        }
    }
    return folder;
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
    make_folder(parent);
    parent_ = std::filesystem::canonical(parent).string();
    lock_ = lock_folder(parent_);
    path_ = fmt::format("{}/{}", parent_, folder_name(serial, path));
    if (mount_state(path_) == MountState::alive) {
        path_ = fmt::format("{}/{}", parent_, path);
    }
    make_folder(path_);
}

MountFolder::~MountFolder() {
    ::rmdir(path_.c_str());  // another program's by now, if it fails
}

void clear_below(const std::string& parent) {
    std::error_code error;
    if (!std::filesystem::exists(parent, error)) {
        return;
    }
    const std::string folder = std::filesystem::canonical(parent).string();
    const UniqueFd lock = lock_folder(folder);
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string path = entry.path().string();
        if (mount_state(path) == MountState::dead) {
            clear_dead_mount(path);
        }
        ::rmdir(path.c_str());  // what is in use or not empty stays
    }
}

}  // namespace gpiofs::fs
