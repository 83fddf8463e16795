// SPDX-License-Identifier: MIT
#include "mounting/fuse_mount.h"

#include "base/error.h"
#include "mounting/mount_point.h"
#include "mounting/mount_table.h"

#include <fmt/format.h>
#include <sys/mount.h>

#include <array>
#include <cerrno>
#include <exception>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace gpiofs::mounting {
namespace {

/// A file system that is being configured (fsopen(2), Linux 5.2).
class NewFileSystem {
  public:
    /// `what` begins its errors.
    NewFileSystem(const std::string& what, const char* type)
        : what_(what), context_(::fsopen(type, FSOPEN_CLOEXEC)) {
        check(context_ ? 0 : -1);
    }
    void set(const char* key, const std::string& value) const {
        check(::fsconfig(context_.get(), FSCONFIG_SET_STRING, key, value.c_str(), 0));
    }
    void set(const char* flag) const {
        check(::fsconfig(context_.get(), FSCONFIG_SET_FLAG, flag, nullptr, 0));
    }
    UniqueFd mount(unsigned attributes) const {
        check(::fsconfig(context_.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0));
        UniqueFd mount(::fsmount(context_.get(), FSMOUNT_CLOEXEC, attributes));
        check(mount ? 0 : -1);
        return mount;
    }

  private:
    void check(int result) const {
        if (result != 0) {
            const int error = errno;
            throw_errno(error, what_ + advice(error));
        }
    }
    static const char* advice(int error) noexcept {
        switch (error) {
            case EPERM:
                return ": run as root with CAP_SYS_ADMIN, or in a user namespace (unshare -Urm)";
            case ENOSYS:
                return ": Linux 5.2 or newer is needed";
            default:
                return "";
        }
    }

    const std::string& what_;
    UniqueFd context_;
};

struct Attribute {
    std::string_view flag;
    unsigned set;
    unsigned clear;
};

constexpr std::array<Attribute, 7> attributes = {{
    {"dev", 0, MOUNT_ATTR_NODEV},
    {"nodev", MOUNT_ATTR_NODEV, 0},
    {"suid", 0, MOUNT_ATTR_NOSUID},
    {"nosuid", MOUNT_ATTR_NOSUID, 0},
    {"exec", 0, MOUNT_ATTR_NOEXEC},
    {"noexec", MOUNT_ATTR_NOEXEC, 0},
    {"noatime", MOUNT_ATTR_NOATIME, 0},
}};

Folder root_of_mount(Folder folder) {
    const std::string id = mount_id(folder.fd());
    while (true) {
        Folder up = folder.parent();
        if (!up || mount_id(up.fd()) != id || folder.path() == "/") {
            return folder;
        }
        folder = std::move(up);
    }
}

}  // namespace

FuseMount::FuseMount(const Folder& place, const Settings& settings)
    : around_(root_of_mount(place.parent())) {
    const std::string what = fmt::format("mount at {}", place.path());
    connection_.reset(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
    if (!connection_) {
        throw_errno(errno, what + ": /dev/fuse");
    }
    attach(place, what, settings);
}

void FuseMount::attach(const Folder& place, const std::string& what, const Settings& settings) {
    const NewFileSystem system(what, "fuse");
    system.set("source", settings.source);
    system.set("subtype", settings.subtype);
    system.set("fd", std::to_string(connection_.get()));
    system.set("rootmode", "40000");
    system.set("user_id", std::to_string(::getuid()));
    system.set("group_id", std::to_string(::getgid()));
    system.set("default_permissions");
    if (settings.allow_other) {
        system.set("allow_other");
    }
    unsigned bits = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;  // as all FUSE mounts begin
    for (const auto& flag : settings.flags) {
        if (flag == "sync" || flag == "dirsync") {
            system.set(flag.c_str());
        }
        for (const auto& attribute : attributes) {
            if (attribute.flag == flag) {
                bits = (bits & ~attribute.clear) | attribute.set;
            }
        }
    }
    const UniqueFd mount = system.mount(bits);
    if (::move_mount(mount.get(), "", place.fd(), "",
                     MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0) {
        throw_errno(errno, what);
    }
    const auto mounted = mount_of(mount.get());
    if (!mounted) {
        ::umount2(fmt::format("/proc/self/fd/{}", mount.get()).c_str(), MNT_DETACH);
        throw_errno(ENOENT, what + ": /proc/self/mountinfo does not show it");
    }
    id_ = mounted->id;
    device_ = mounted->device;
}

std::optional<std::string> FuseMount::place() const {
    const auto ours = mount_with_id(id_);
    return ours && ours->device == device_ ? std::optional(ours->place) : std::nullopt;
}

Folder FuseMount::root() const {
    const auto ours = place();
    std::string base = around_.path();
    if (!base.ends_with('/')) {
        base += '/';
    }
    if (!ours || !ours->starts_with(base)) {
        return {};
    }
    const std::string path = ours->substr(base.size());
    const auto slash = path.rfind('/');
    const bool nested = slash != std::string::npos;
    const Folder parent = around_.below(nested ? path.substr(0, slash) : "");
    Folder root = parent ? parent.child(nested ? path.substr(slash + 1) : path) : Folder();
    return root && mount_id(root.fd()) == id_ ? std::move(root) : Folder();
}

bool FuseMount::detach() noexcept {
    // Others may rename the folder while it is looked for.
    constexpr int attempts = 10;
    try {
        for (int i = 0; i < attempts && !detached_; ++i) {
            detached_ = root();
        }
    } catch (const std::exception&) {
        return false;
    }
    return detached_ && mounting::detach(detached_);
}

}  // namespace gpiofs::mounting
