// SPDX-License-Identifier: MIT
// The floor of everything the benchmark measures through a mount: a low-level libfuse filesystem
// that does nothing. Its `value` reads as "0\n" and takes any write; writing to `notify` wakes who
// polls `value`. The loop and the flags are those of src/fs/session.cpp and operations.cpp.
#define FUSE_USE_VERSION 312
#include <fuse_lowlevel.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <poll.h>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr unsigned most_threads = 6;
constexpr std::array<std::string_view, 3> names = {"line", "value", "notify"};
constexpr fuse_ino_t folder_inode = 2;
constexpr fuse_ino_t notify_inode = 4;
constexpr std::string_view text = "0\n";

std::mutex mutex;
std::vector<fuse_pollhandle*> waiting;  ///< guarded by mutex
bool notified = false;                  ///< guarded by mutex; since the last read

struct stat attributes_of(fuse_ino_t inode) {
    struct stat attributes {};
    attributes.st_ino = inode;
    attributes.st_mode = inode <= folder_inode ? S_IFDIR | 0755 : S_IFREG | 0666;
    attributes.st_nlink = 1;
    attributes.st_size = 4096;
    return attributes;
}

void init(void* /*userdata*/, fuse_conn_info* connection) {
    connection->want &=
        ~static_cast<unsigned>(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE |
                               FUSE_CAP_READDIRPLUS | FUSE_CAP_AUTO_INVAL_DATA);
}

void lookup(fuse_req_t request, fuse_ino_t /*parent*/, const char* name) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) {
            fuse_entry_param entry{};
            entry.ino = folder_inode + i;
            entry.attr = attributes_of(entry.ino);
            fuse_reply_entry(request, &entry);
            return;
        }
    }
    fuse_reply_err(request, ENOENT);
}

void getattr(fuse_req_t request, fuse_ino_t inode, fuse_file_info* /*info*/) {
    const struct stat attributes = attributes_of(inode);
    fuse_reply_attr(request, &attributes, 0.0);
}

void setattr(fuse_req_t request, fuse_ino_t inode, struct stat* /*wanted*/, int /*to_set*/,
             fuse_file_info* info) {
    getattr(request, inode, info);
}

void open(fuse_req_t request, fuse_ino_t /*inode*/, fuse_file_info* info) {
    info->direct_io = 1;
    fuse_reply_open(request, info);
}

void read(fuse_req_t request, fuse_ino_t /*inode*/, std::size_t /*size*/, off_t offset,
          fuse_file_info* /*info*/) {
    {
        const std::lock_guard lock(mutex);
        notified = false;
    }
    fuse_reply_buf(request, text.data(), offset == 0 ? text.size() : 0);
}

void write(fuse_req_t request, fuse_ino_t inode, const char* /*data*/, std::size_t size,
           off_t /*offset*/, fuse_file_info* /*info*/) {
    std::vector<fuse_pollhandle*> woken;
    if (inode == notify_inode) {
        const std::lock_guard lock(mutex);
        notified = true;
        woken = std::exchange(waiting, {});
    }
    for (fuse_pollhandle* handle : woken) {
        fuse_lowlevel_notify_poll(handle);
        fuse_pollhandle_destroy(handle);
    }
    fuse_reply_write(request, size);
}

void poll(fuse_req_t request, fuse_ino_t /*inode*/, fuse_file_info* /*info*/,
          fuse_pollhandle* handle) {
    bool happened = false;
    {
        const std::lock_guard lock(mutex);
        happened = notified;
        if (handle != nullptr) {
            waiting.push_back(handle);
        }
    }
    fuse_reply_poll(request, happened ? POLLERR | POLLPRI : 0U);
}

}  // namespace

int main(int count, char** words) {
    if (count != 2) {
        static_cast<void>(std::fputs("usage: bench-empty-filesystem MOUNTPOINT\n", stderr));
        return 2;
    }
    fuse_lowlevel_ops operations{};
    operations.init = init;
    operations.lookup = lookup;
    operations.getattr = getattr;
    operations.setattr = setattr;
    operations.open = open;
    operations.read = read;
    operations.write = write;
    operations.poll = poll;

    std::array<char*, 3> arguments = {words[0], const_cast<char*>("-odefault_permissions"),
                                      nullptr};
    fuse_args args = FUSE_ARGS_INIT(2, arguments.data());
    fuse_session* session = fuse_session_new(&args, &operations, sizeof(operations), nullptr);
    if (session == nullptr || fuse_set_signal_handlers(session) != 0 ||
        fuse_session_mount(session, words[1]) != 0) {
        return 1;
    }
    fuse_loop_config* loop = fuse_loop_cfg_create();
    fuse_loop_cfg_set_max_threads(loop, most_threads);
    fuse_loop_cfg_set_clone_fd(loop, 0);
    fuse_session_loop_mt(session, loop);
    fuse_loop_cfg_destroy(loop);
    fuse_session_unmount(session);
    fuse_remove_signal_handlers(session);
    fuse_session_destroy(session);
    return 0;
}
