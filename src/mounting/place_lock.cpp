// SPDX-License-Identifier: MIT
#include "mounting/place_lock.h"

#include "base/error.h"
#include "base/log.h"

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <unistd.h>

namespace gpiofs::mounting {
namespace {

/// The process that took the lock; nothing if the kernel does not tell, as of one in another
/// process namespace.
std::optional<long> owner_of_lock(int file) {
    struct stat status {};
    if (::fstat(file, &status) != 0) {
        return std::nullopt;
    }
    // "1: FLOCK  ADVISORY  WRITE 2865 00:04:4026531832 0 EOF" (Linux fs/locks.c, lock_get_status)
    const std::string wanted =
        fmt::format("{:02x}:{:02x}:{}", major(status.st_dev), minor(status.st_dev), status.st_ino);
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words(line);
        std::string number;
        std::string kind;
        std::string strictness;
        std::string access;
        long process = 0;
        std::string place;
        words >> number >> kind >> strictness >> access >> process >> place;
        if (words && kind == "FLOCK" && place == wanted && process > 0) {
            return process;
        }
    }
    return std::nullopt;
}

/// Who has started a process, whatever rights its program has; nothing if there is none.
std::optional<uid_t> user_of(long process) {
    std::ifstream status(fmt::format("/proc/{}/status", process));
    for (std::string word; status >> word;) {
        uid_t real = 0;
        if (word == "Uid:" && status >> real) {
            return real;
        }
    }
    return std::nullopt;
}

bool is_a_strangers(long process) {
    const auto user = user_of(process);
    return !user || (*user != 0 && *user != ::getuid());
}

}  // namespace

UniqueFd lock_place() {
    constexpr const char* mounts = "/proc/self/ns/mnt";
    UniqueFd lock(::open(mounts, O_RDONLY | O_CLOEXEC));
    if (!lock) {
        throw_errno(errno, mounts);
    }
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) {
        return lock;
    }
    if (errno != EWOULDBLOCK) {
        throw_errno(errno, fmt::format("cannot lock {}", mounts));
    }
    if (const auto owner = owner_of_lock(lock.get()); owner && is_a_strangers(*owner)) {
        log::warning(fmt::format(
            "{}: process {}, which is not one of ours, has locked it; going on", mounts, *owner));
        return lock;
    }
    return {};
}

}  // namespace gpiofs::mounting
