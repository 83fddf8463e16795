#include "mounting/scratch_folder.h"

#include "base/error.h"

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

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
UniqueFd lock(const std::string& path) {
    UniqueFd file(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    const bool locked = file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 &&
                        ::fstat(file.get(), &status) == 0 && status.st_nlink > 0;
    return locked ? std::move(file) : UniqueFd();
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
        if (entry.path().filename().string().starts_with(prefix) && lock(entry.path().string())) {
            remove(entry.path().string());
        }
    }
}

}  // namespace gpiofs::mounting
