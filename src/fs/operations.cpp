// SPDX-License-Identifier: MIT
#include "fs/operations.h"

#include "base/error.h"
#include "fs/attribute_file.h"
#include "fs/attributes.h"
#include "fs/events_file.h"
#include "fs/poll_handle.h"
#include "fs/request.h"

#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <vector>

namespace gpiofs::fs {
namespace {

/// Entries and attributes are not cached: nothing ever has to be invalidated, and an unexport is
/// seen at once.
constexpr double no_cache = 0.0;

template <typename T>
T* handle(const fuse_file_info* info) noexcept {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): libfuse keeps a file handle as an integer
    return reinterpret_cast<T*>(static_cast<std::uintptr_t>(info->fh));
}

template <typename T>
std::uint64_t to_handle(T* object) noexcept {
    return reinterpret_cast<std::uintptr_t>(object);
}

Operations& self(fuse_req_t request) noexcept {
    return *static_cast<Operations*>(fuse_req_userdata(request));
}

/// Runs the body of an operation; nothing may be thrown through libfuse's C frames. A body that
/// throws has not answered yet.
template <typename Body>
void guarded(fuse_req_t request, Body body) noexcept {
    Reply reply(request);
    try {
        body(reply);
    } catch (...) {
        reply.error(to_errno(std::current_exception()));
    }
}

}  // namespace

Operations::Operations(const Services& services, const Ownership& ownership)
    : tree_(services), metadata_(tree_, ownership) {}

void Operations::on_ready(ReadyHook hook, void* context) noexcept {
    ready_ = hook;
    ready_context_ = context;
}

void Operations::drop_handles() noexcept { open_files_.clear(); }

bool Operations::has_open() const noexcept { return !open_files_.empty() || open_folders_ != 0; }

std::shared_ptr<OpenFile> Operations::make_file(const Node& node) const {
    if (node.attribute->stream) {
        return std::make_shared<EventsFile>(node);
    }
    return std::make_shared<AttributeFile>(tree_.services(), node, tree_.events(node));
}

/// The callbacks: unpack, find, act, reply.
struct Callbacks {
    static void init(void* userdata, fuse_conn_info* connection) noexcept {
        // Splicing and read-ahead help large files; ours are a few bytes.
        connection->want &= ~static_cast<unsigned>(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE |
                                                   FUSE_CAP_SPLICE_MOVE | FUSE_CAP_READDIRPLUS |
                                                   FUSE_CAP_AUTO_INVAL_DATA);
        const auto& operations = *static_cast<Operations*>(userdata);
        if (operations.ready_ != nullptr) {
            operations.ready_(operations.ready_context_);
        }
    }

    static void reply_entry(Operations& operations, Reply& reply, const NodeId& id) {
        fuse_entry_param entry{};
        entry.ino = to_number(id);
        entry.generation = 1;
        entry.attr = operations.metadata_.get(id);
        entry.attr_timeout = no_cache;
        entry.entry_timeout = no_cache;
        fuse_reply_entry(reply.take(), &entry);
    }

    static void lookup(fuse_req_t request, fuse_ino_t parent, const char* name) noexcept {
        guarded(request, [&](Reply& reply) {
            Operations& operations = self(request);
            const auto folder = operations.tree_.find(to_node(parent));
            const auto found = folder ? operations.tree_.lookup(*folder, name) : std::nullopt;
            if (found) {
                reply_entry(operations, reply, *found);
            } else {
                reply.error(std::strlen(name) > NAME_MAX ? ENAMETOOLONG : ENOENT);
            }
        });
    }

    static void getattr(fuse_req_t request, fuse_ino_t inode, fuse_file_info* /*info*/) noexcept {
        guarded(request, [&](Reply& reply) {
            const struct stat attributes = self(request).metadata_.get(to_node(inode));
            fuse_reply_attr(reply.take(), &attributes, no_cache);
        });
    }

    /// Size changes are accepted and mean nothing, as in sysfs: shells truncate before they write.
    static void setattr(fuse_req_t request, fuse_ino_t inode, struct stat* wanted, int to_set,
                        fuse_file_info* /*info*/) noexcept {
        guarded(request, [&](Reply& reply) {
            MetadataChange change;
            timespec now{};
            clock_gettime(CLOCK_REALTIME, &now);
            const auto set = [to_set](int flag) { return (to_set & flag) != 0; };
            if (set(FUSE_SET_ATTR_MODE)) {
                change.mode = wanted->st_mode & 07777U;
            }
            if (set(FUSE_SET_ATTR_UID)) {
                change.uid = wanted->st_uid;
            }
            if (set(FUSE_SET_ATTR_GID)) {
                change.gid = wanted->st_gid;
            }
            if (set(FUSE_SET_ATTR_ATIME)) {
                change.access_time = set(FUSE_SET_ATTR_ATIME_NOW) ? now : wanted->st_atim;
            }
            if (set(FUSE_SET_ATTR_MTIME)) {
                change.modification_time = set(FUSE_SET_ATTR_MTIME_NOW) ? now : wanted->st_mtim;
            }
            Operations& operations = self(request);
            constexpr int kept = FUSE_SET_ATTR_MODE | FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID |
                                 FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_MTIME;
            if (set(kept)) {
                operations.metadata_.change(to_node(inode), change);
            }
            const struct stat attributes = operations.metadata_.get(to_node(inode));
            fuse_reply_attr(reply.take(), &attributes, no_cache);
        });
    }

    static void readlink(fuse_req_t request, fuse_ino_t inode) noexcept {
        guarded(request, [&](Reply& reply) {
            const Tree& tree = self(request).tree_;
            const auto node = tree.find(to_node(inode));
            if (!node || node->attribute == nullptr || node->attribute->link == nullptr) {
                throw_errno(node ? EINVAL : ENOENT, "not a link");
            }
            const std::string target = node->attribute->link(tree.services(), *node);
            fuse_reply_readlink(reply.take(), target.c_str());
        });
    }

    static void open(fuse_req_t request, fuse_ino_t inode, fuse_file_info* info) noexcept {
        guarded(request, [&](Reply& reply) {
            Operations& operations = self(request);
            const auto node = operations.tree_.find(to_node(inode));
            if (!node || node->attribute == nullptr) {
                throw_errno(ENODEV, "the line or board is gone");
            }
            // What sysfs refuses even to root: directions the attribute or its mode do not have
            // (Linux fs/kernfs/file.c, kernfs_fop_open), and unbuffered access.
            const int access = info->flags & O_ACCMODE;
            const mode_t mode = operations.metadata_.get(node->id).st_mode;
            const Attribute& attribute = *node->attribute;
            const bool shows = attribute.show != nullptr || attribute.stream;
            const bool readable = shows && (mode & 0444) != 0;
            const bool writable = attribute.store != nullptr && (mode & 0222) != 0;
            if ((access != O_WRONLY && !readable) || (access != O_RDONLY && !writable)) {
                throw_errno(EACCES, "the attribute cannot be opened so");
            }
            if ((info->flags & O_DIRECT) != 0) {
                throw_errno(EINVAL, "no unbuffered access to an attribute");
            }
            info->direct_io = 1;
            info->nonseekable = attribute.stream ? 1 : 0;
            const auto file = operations.make_file(*node);
            operations.open_files_.add(file);
            info->fh = to_handle(file.get());
            if (fuse_reply_open(reply.take(), info) != 0) {
                operations.open_files_.remove(file.get());  // the opener was interrupted
            }
        });
    }

    static void release(fuse_req_t request, fuse_ino_t /*inode*/, fuse_file_info* info) noexcept {
        guarded(request, [&](Reply& reply) {
            self(request).open_files_.remove(handle<OpenFile>(info));
            reply.ok();
        });
    }

    static void read(fuse_req_t request, fuse_ino_t /*inode*/, std::size_t size, off_t offset,
                     fuse_file_info* info) noexcept {
        guarded(request, [&](Reply& reply) {
            const auto file = handle<OpenFile>(info)->shared_from_this();
            file->read(reply, {size, static_cast<std::size_t>(offset)});
        });
    }

    static void write(fuse_req_t request, fuse_ino_t /*inode*/, const char* data, std::size_t size,
                      off_t /*offset*/, fuse_file_info* info) noexcept {
        guarded(request, [&](Reply& reply) {
            handle<OpenFile>(info)->shared_from_this()->write(reply, {data, size});
        });
    }

    /// Answered from memory alone: poll() with a timeout waits for this answer.
    static void poll(fuse_req_t request, fuse_ino_t /*inode*/, fuse_file_info* info,
                     fuse_pollhandle* poll_handle) noexcept {
        std::unique_ptr<PollWakeup> wakeup;
        PollHandle owner(poll_handle);
        guarded(request, [&](Reply& reply) {
            if (owner) {
                wakeup = std::make_unique<PollWakeup>(std::move(owner));
            }
            fuse_reply_poll(reply.take(), handle<OpenFile>(info)->poll(std::move(wakeup)));
        });
    }

    static void opendir(fuse_req_t request, fuse_ino_t /*inode*/, fuse_file_info* info) noexcept {
        auto& open_folders = self(request).open_folders_;
        ++open_folders;
        if (fuse_reply_open(Reply(request).take(), info) != 0) {
            --open_folders;  // the opener was interrupted
        }
    }

    struct Entry {
        std::uint32_t position;
        NodeId id;
        std::string name;
    };

    /// What stands in a folder behind a position, in order; nothing if the folder has gone.
    static std::vector<Entry> entries_after(off_t position, const Tree& tree, const NodeId& id) {
        std::vector<Entry> entries;
        const auto folder = tree.find(id);
        if (!folder) {
            return entries;
        }
        const auto add = [&](std::uint32_t at, const NodeId& entry, const std::string& name) {
            if (at > position) {
                entries.push_back({at, entry, name});
            }
        };
        add(position_of_self, id, ".");
        add(position_of_parent, Tree::parent(*folder), "..");
        tree.list(*folder, [&](const std::string& name, const NodeId& entry) {
            add(to_position(entry), entry, name);
        });
        std::sort(entries.begin(), entries.end(),
                  [](const Entry& a, const Entry& b) { return a.position < b.position; });
        return entries;
    }

    static void readdir(fuse_req_t request, fuse_ino_t inode, std::size_t size, off_t offset,
                        fuse_file_info* /*info*/) noexcept {
        guarded(request, [&](Reply& reply) {
            const Tree& tree = self(request).tree_;
            std::vector<char> buffer(size);
            std::size_t used = 0;
            for (const auto& entry : entries_after(offset, tree, to_node(inode))) {
                struct stat attributes {};
                attributes.st_ino = to_inode(entry.id);
                attributes.st_mode = tree.mode(entry.id);
                const std::size_t need =
                    fuse_add_direntry(request, buffer.data() + used, size - used,
                                      entry.name.c_str(), &attributes, off_t{entry.position});
                if (need > size - used) {
                    break;
                }
                used += need;
            }
            fuse_reply_buf(reply.take(), buffer.data(), used);
        });
    }

    static void releasedir(fuse_req_t request, fuse_ino_t /*inode*/,
                           fuse_file_info* /*info*/) noexcept {
        --self(request).open_folders_;
        Reply(request).ok();
    }

    static void fsync(fuse_req_t request, fuse_ino_t /*inode*/, int /*datasync*/,
                      fuse_file_info* /*info*/) noexcept {
        Reply(request).ok();
    }

    static void setxattr(fuse_req_t request, fuse_ino_t /*inode*/, const char* /*name*/,
                         const char* /*value*/, std::size_t /*size*/, int /*flags*/) noexcept {
        Reply(request).error(ENOTSUP);
    }

    static void getxattr(fuse_req_t request, fuse_ino_t /*inode*/, const char* /*name*/,
                         std::size_t /*size*/) noexcept {
        Reply(request).error(ENODATA);
    }

    static void listxattr(fuse_req_t request, fuse_ino_t /*inode*/, std::size_t size) noexcept {
        Reply reply(request);
        if (size == 0) {
            fuse_reply_xattr(reply.take(), 0);
        } else {
            fuse_reply_buf(reply.take(), nullptr, 0);
        }
    }

    // What sysfs refuses, in its words; without these the kernel says ENOSYS.
    static void create(fuse_req_t request, fuse_ino_t /*parent*/, const char* /*name*/,
                       mode_t /*mode*/, fuse_file_info* /*info*/) noexcept {
        Reply(request).error(EACCES);
    }
    static void mknod(fuse_req_t request, fuse_ino_t /*parent*/, const char* /*name*/,
                      mode_t /*mode*/, dev_t /*device*/) noexcept {
        Reply(request).error(EACCES);
    }
    static void mkdir(fuse_req_t request, fuse_ino_t /*parent*/, const char* /*name*/,
                      mode_t /*mode*/) noexcept {
        Reply(request).error(EPERM);
    }
    static void symlink(fuse_req_t request, const char* /*target*/, fuse_ino_t /*parent*/,
                        const char* /*name*/) noexcept {
        Reply(request).error(EPERM);
    }
    static void link(fuse_req_t request, fuse_ino_t /*inode*/, fuse_ino_t /*parent*/,
                     const char* /*name*/) noexcept {
        Reply(request).error(EPERM);
    }
    static void remove(fuse_req_t request, fuse_ino_t /*parent*/, const char* /*name*/) noexcept {
        Reply(request).error(EPERM);
    }
    static void rename(fuse_req_t request, fuse_ino_t /*parent*/, const char* /*name*/,
                       fuse_ino_t /*new_parent*/, const char* /*new_name*/,
                       unsigned /*flags*/) noexcept {
        Reply(request).error(EPERM);
    }
};

const fuse_lowlevel_ops& Operations::table() noexcept {
    static const fuse_lowlevel_ops operations = [] {
        fuse_lowlevel_ops ops{};
        ops.init = Callbacks::init;
        ops.lookup = Callbacks::lookup;
        ops.getattr = Callbacks::getattr;
        ops.setattr = Callbacks::setattr;
        ops.readlink = Callbacks::readlink;
        ops.open = Callbacks::open;
        ops.release = Callbacks::release;
        ops.read = Callbacks::read;
        ops.write = Callbacks::write;
        ops.poll = Callbacks::poll;
        ops.opendir = Callbacks::opendir;
        ops.readdir = Callbacks::readdir;
        ops.releasedir = Callbacks::releasedir;
        ops.fsync = Callbacks::fsync;
        ops.setxattr = Callbacks::setxattr;
        ops.getxattr = Callbacks::getxattr;
        ops.listxattr = Callbacks::listxattr;
        ops.create = Callbacks::create;
        ops.mknod = Callbacks::mknod;
        ops.mkdir = Callbacks::mkdir;
        ops.symlink = Callbacks::symlink;
        ops.link = Callbacks::link;
        ops.unlink = Callbacks::remove;
        ops.rmdir = Callbacks::remove;
        ops.rename = Callbacks::rename;
        return ops;
    }();
    return operations;
}

}  // namespace gpiofs::fs
