// SPDX-License-Identifier: MIT
#include "mounting/folder.h"

#include "base/error.h"
#include "base/text.h"
#include "mounting/mount_table.h"

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <fcntl.h>
#include <fstream>
#include <optional>
#include <string_view>
#include <unistd.h>

namespace gpiofs::mounting {
namespace {

/// As the kernel (Linux include/linux/namei.h, MAXSYMLINKS).
constexpr int most_links = 40;

std::string link_text(int at, const char* name) {
    std::array<char, PATH_MAX> text{};
    const ssize_t size = ::readlinkat(at, name, text.data(), text.size());
    return size < 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
}

UniqueFd open_at(int at, const std::string& name, int flags) noexcept {
    return UniqueFd(::openat(at, name.c_str(), O_PATH | O_CLOEXEC | flags));
}

/// Whether root is root everywhere. In a user namespace of somebody's own it is himself, and there
/// is nobody else whom he would have to fear.
bool is_root() {
    std::ifstream map("/proc/self/uid_map");
    unsigned long inside = 1;
    unsigned long outside = 1;
    unsigned long count = 0;
    map >> inside >> outside >> count;
    return ::geteuid() == 0 && (!map || (inside == 0 && outside == 0 && count > 1));
}

/// The walk along a path, a name at a time.
class Walk {
  public:
    Walk(const std::string& what, const std::string& path)
        : what_(what), path_(path), distrusts_(is_root()) {
        enqueue(path);
    }

    UniqueFd end() {
        at_ = open_at(AT_FDCWD, path_.starts_with('/') ? "/" : ".", O_DIRECTORY);
        if (!at_ || path_.empty()) {
            fail(at_ ? ENOENT : errno);
        }
        while (!names_.empty()) {
            const std::string name = names_.front();
            names_.pop_front();
            step(name);
        }
        return std::move(at_);
    }

  private:
    [[noreturn]] void fail(int error) const {
        const char* advice = "";
        if (error == ENOENT) {
            advice = "; create the folder first";
        } else if (error == ENOTDIR) {
            advice = ": not a folder";
        }
        throw_errno(error, fmt::format("{} {}{}", what_, path_, advice));
    }

    void enqueue(const std::string& path) {
        std::deque<std::string> names;
        for (const auto name : split(path, '/')) {
            if (!name.empty() && name != ".") {
                names.emplace_back(name);
            }
        }
        names_.insert(names_.begin(), names.begin(), names.end());
    }

    void step(const std::string& name) {
        UniqueFd next = open_at(at_.get(), name, O_NOFOLLOW);
        if (!next) {
            fail(errno);
        }
        // A folder has no text, and asking for it asks nothing of what is mounted there.
        const std::string text = link_text(next.get(), "");
        if (text.empty()) {
            UniqueFd folder = open_at(at_.get(), name, O_DIRECTORY | O_NOFOLLOW);
            if (!folder) {
                fail(errno);
            }
            at_ = std::move(folder);
            return;
        }
        struct stat status {};
        if (::fstat(next.get(), &status) != 0) {
            fail(errno);
        }
        if (distrusts_ && status.st_uid != 0) {
            throw_errno(ELOOP, fmt::format("{} {}: '{}' on the way is a link of user {}, who can "
                                           "make it lead anywhere; name the folder without it",
                                           what_, path_, name, status.st_uid));
        }
        if (++links_ > most_links) {
            fail(ELOOP);
        }
        if (text.starts_with('/')) {
            at_ = open_at(AT_FDCWD, "/", O_DIRECTORY);
        }
        enqueue(text);
    }

    const std::string& what_;
    const std::string& path_;
    bool distrusts_;
    std::deque<std::string> names_;
    UniqueFd at_;
    int links_ = 0;
};

}  // namespace

Folder Folder::open(const std::string& what, const std::string& path) {
    return Folder(Walk(what, path).end());
}

Folder Folder::at(int fd) noexcept { return Folder(open_at(fd, ".", O_DIRECTORY)); }

Folder Folder::child(const std::string& name) const noexcept {
    return Folder(open_at(fd(), name, O_DIRECTORY | O_NOFOLLOW));
}

// By hand, because systemd lets no service with RestrictSUIDSGID= use openat2(2).
Folder Folder::below(const std::string& path) const {
    const std::string mount = mount_id(fd());
    Folder folder = at(fd());
    for (const auto name : split(path, '/')) {
        if (name.empty()) {
            continue;
        }
        folder = name == ".." ? Folder() : folder.child(std::string(name));
        if (!folder || mount_id(folder.fd()) != mount) {
            return {};
        }
    }
    return folder;
}

UniqueFd Folder::lock() const noexcept {
    UniqueFd file(::openat(fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 ? std::move(file) : UniqueFd();
}

bool Folder::has(const std::string& name, int fd) const noexcept {
    struct stat there {};
    struct stat wanted {};
    return ::fstatat(this->fd(), name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           ::fstat(fd, &wanted) == 0 && there.st_dev == wanted.st_dev &&
           there.st_ino == wanted.st_ino;
}

std::string Folder::path() const { return link_text(AT_FDCWD, by_descriptor().c_str()); }

std::string Folder::by_descriptor() const { return fmt::format("/proc/self/fd/{}", fd()); }

}  // namespace gpiofs::mounting
