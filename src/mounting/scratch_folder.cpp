// SPDX-License-Identifier: MIT
#include "mounting/scratch_folder.h"

#include "base/error.h"
#include "mounting/folder.h"

#include <fmt/format.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>
#include <utility>

namespace gpiofs::mounting {
namespace {

constexpr const char* prefix = "mpsse-gpiofs.class.";

std::string make_folder() {
    for (const char* parent : {"/run", "/tmp"}) {
        std::string path = fmt::format("{}/{}XXXXXX", parent, prefix);
        if (::mkdtemp(path.data()) != nullptr) {
            return path;
        }
    }
    throw_errno(errno, "no folder can be made in /run or /tmp");
}

/// Not valid if somebody else has it locked, or has removed it.
UniqueFd lock(const std::filesystem::path& path) {
    const Folder parent = Folder::open("folder", path.parent_path().string());
    const std::string name = path.filename().string();
    const Folder folder = parent.child(name);
    UniqueFd locked = folder ? folder.lock() : UniqueFd();
    return locked && parent.has(name, locked.get()) ? std::move(locked) : UniqueFd();
}

void remove(const std::string& path) noexcept {
    ::umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
    ::rmdir(path.c_str());
}

}  // namespace

ScratchFolder::ScratchFolder() {
    while (!lock_) {  // taken for remains before it was locked, it is made anew
        path_ = make_folder();
        lock_ = lock(path_);
    }
}

ScratchFolder::~ScratchFolder() { remove(path_); }

void ScratchFolder::clear_remains() {
    std::error_code unreadable;
    for (const auto& entry : std::filesystem::directory_iterator("/run", unreadable)) {
        if (entry.path().filename().string().starts_with(prefix) && lock(entry.path())) {
            remove(entry.path().string());
        }
    }
}

}  // namespace gpiofs::mounting
