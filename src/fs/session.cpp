// SPDX-License-Identifier: MIT
#include "fs/session.h"

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "base/unique_fd.h"
#include "fs/operations.h"
#include "mounting/fuse_mount.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <string_view>
#include <unistd.h>

namespace gpiofs::fs {
namespace {

/// At most one thread for each interface waits for USB. The others do whatever else may take a
/// moment (a plug that is put back), and one is always free.
/// The kernel hands requests to all of libfuse's threads by turns, so the fewer there are the more
/// of what they need is still in the processor's caches.
constexpr unsigned other_threads = 4;
/// With any number of boards.
constexpr unsigned most_threads = 128;

unsigned threads_for(const std::optional<unsigned>& interfaces) {
    return std::min(interfaces.value_or(most_threads) + other_threads, most_threads);
}

constexpr int wake_signal = SIGUSR1;

/// Lets a signal end a system call of this thread with EINTR, and do nothing else.
void interruptible_by(int number) noexcept {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    sigaction(number, &action, nullptr);
}

/// libfuse's own messages are collected so that a failed mount is one line of ours. Each of its
/// threads may log; only the one that mounts reads it.
std::string& last_message() {
    static thread_local std::string message;
    return message;
}

[[gnu::format(printf, 2, 0)]] void collect_message(fuse_log_level level, const char* format,
                                                   va_list arguments) {
    std::array<char, 1024> text{};
    static_cast<void>(std::vsnprintf(text.data(), text.size(), format, arguments));
    std::string line = text.data();
    while (!line.empty() && line.back() == '\n') {
        line.pop_back();
    }
    if (level >= FUSE_LOG_DEBUG) {
        log::debug(line);
    } else if (level <= FUSE_LOG_ERR) {
        last_message() = line;
        log::debug(line);
    } else {
        log::info(line);
    }
}

/// As libfuse looks for it: in /usr/bin and then by PATH.
bool has_helper() {
    const char* path = std::getenv("PATH");
    const std::string folders = fmt::format("/usr/bin:{}", path != nullptr ? path : "");
    const auto all = split(folders, ':');
    return std::any_of(all.begin(), all.end(), [](std::string_view folder) {
        return ::access(fmt::format("{}/fusermount3", folder).c_str(), X_OK) == 0;
    });
}

/// What libfuse does not say, or says in its own terms.
std::string why_no_mount(bool by_helper) {
    if (by_helper && !has_helper()) {
        return "fusermount3 is not installed: install fuse3";
    }
    return last_message().empty() ? "fusermount3 refused" : last_message();
}

/// Has fusermount3 take a mount of this user's out of the tree, also while it is in use.
bool detach_as_user(const std::string& mount_point) {
    const std::array<const char*, 6> words = {"fusermount3",       "-u",   "-q", "-z",
                                              mount_point.c_str(), nullptr};
    std::array<char*, 6> arguments{};
    std::transform(words.begin(), words.end(), arguments.begin(),
                   // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): as exec wants it
                   [](const char* word) { return const_cast<char*>(word); });
    pid_t helper = -1;
    int status = 0;
    return ::posix_spawnp(&helper, words[0], nullptr, nullptr, arguments.data(), environ) == 0 &&
           ::waitpid(helper, &status, 0) == helper && status == 0;
}

/// Ends the connection, whoever has files open. Unmounting, which frees what mounting made, would
/// otherwise unmount what somebody else has mounted in our place by now; it leaves that alone if
/// poll() says of the descriptor what it says of a connection that has ended, and of such a pipe.
bool sever(int connection) noexcept {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return false;
    }
    ::close(ends[0]);
    const bool replaced = ::dup2(ends[1], connection) == connection;
    ::close(ends[1]);
    return replaced;
}

class Arguments {
  public:
    Arguments() { add("mpsse-gpiofs"); }
    Arguments(const Arguments&) = delete;
    Arguments& operator=(const Arguments&) = delete;
    ~Arguments() { fuse_opt_free_args(&args_); }

    void add(const std::string& argument) {
        if (fuse_opt_add_arg(&args_, argument.c_str()) != 0) {
            throw std::bad_alloc();
        }
    }
    /// One -o option; fuse_opt_add_opt_escaped would need a string of its own for no gain.
    void add_option(const std::string& option) {
        std::string escaped;
        for (const char c : option) {
            if (c == ',' || c == '\\') {
                escaped += '\\';
            }
            escaped += c;
        }
        add("-o" + escaped);
    }
    fuse_args* get() noexcept { return &args_; }

  private:
    fuse_args args_ = FUSE_ARGS_INIT(0, nullptr);
};

constexpr const char* subtype = "mpsse-gpiofs";

bool holds(const std::vector<std::string>& options, std::string_view name) {
    return std::find(options.begin(), options.end(), name) != options.end();
}

mounting::FuseMount::Settings settings_of(const MountOptions& options) {
    constexpr std::string_view source_key = "fsname=";
    constexpr std::string_view subtype_key = "subtype=";
    mounting::FuseMount::Settings settings{options.source, subtype, {}, options.allow_other};
    for (const auto& option : options.options) {
        if (option.starts_with(source_key)) {
            settings.source = option.substr(source_key.size());
        } else if (option.starts_with(subtype_key)) {
            settings.subtype = option.substr(subtype_key.size());
        } else {
            settings.flags.push_back(option);
        }
    }
    return settings;
}

}  // namespace

struct Session::Handle {
    fuse_session* session = nullptr;
    pthread_t main_thread = pthread_self();
    bool finished = false;  ///< guarded by mutex
    std::mutex mutex;
    std::condition_variable ended;
    /// One of the two, nothing if it was handed over: mounted by root here, or by libfuse and
    /// fusermount3 at this path.
    std::optional<mounting::FuseMount> own_mount;
    std::string users_mount;
    bool detached = false;
    /// Keeps the detached mount of a user alive. The connection would end with the last file that
    /// is closed, under libfuse's threads. One that is cancelled while it reports that does not
    /// always let go of what it holds (libfuse 3.14): a program under a leak checker was seen to
    /// hang in its exit.
    UniqueFd root;

    Handle() = default;
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() {
        if (own_mount && !detached && !gone() && !own_mount->detach()) {
            warn_of_remains();
        }
        if (!users_mount.empty() && (!detached || sever(fuse_session_fd(session)))) {
            fuse_session_unmount(session);
        }
        if (session != nullptr) {
            fuse_session_destroy(session);
        }
    }

    void mount(const mounting::MountPoint& place, const MountOptions& options);
    /// By libfuse: at a path, or on a connection "/dev/fd/N" that has been made.
    void mount_at(const std::string& path) const;
    /// Whether the connection has ended, as by an unmount.
    bool gone() const noexcept;
    /// Logs that the mount cannot be unmounted, unless others have done so.
    void warn_of_remains() const noexcept;
};

void Session::Handle::mount(const mounting::MountPoint& place, const MountOptions& options) {
    if (!place.folder()) {
        mount_at(place.path());
        return;
    }
    // auto_unmount is a process of fusermount3's.
    if (::geteuid() != 0 || holds(options.options, "auto_unmount")) {
        mount_at(place.path());
        users_mount = place.path();
        return;
    }
    own_mount.emplace(*place.folder(), settings_of(options));
    mount_at(fmt::format("/dev/fd/{}", own_mount->connection()));
    own_mount->connection_taken();
}

void Session::Handle::warn_of_remains() const noexcept {
    try {
        if (const auto place = own_mount->place()) {
            log::warning(
                fmt::format("cannot unmount {}: its folder is not found there: run umount -l {}",
                            *place, *place));
        }
    } catch (const std::exception&) {
        log::warning("cannot unmount, and there is no memory to say what");
    }
}

void Session::Handle::mount_at(const std::string& path) const {
    errno = 0;
    if (fuse_session_mount(session, path.c_str()) != 0) {
        const int error = errno != 0 ? errno : EPERM;
        const bool by_helper = !path.starts_with("/dev/fd/");
        throw_errno(error, fmt::format("mount at {}: {}", path, why_no_mount(by_helper)));
    }
}

bool Session::Handle::gone() const noexcept {
    pollfd connection{fuse_session_fd(session), 0, 0};
    return ::poll(&connection, 1, 0) == 1 && (connection.revents & POLLERR) != 0;
}

Session::Session(const mounting::MountPoint& place, const MountOptions& options,
                 const Services& services)
    : operations_(std::make_unique<Operations>(services, options.ownership)),
      handle_(std::make_unique<Handle>()),
      single_threaded_(options.single_threaded),
      threads_(threads_for(options.interfaces)) {
    interruptible_by(wake_signal);
    fuse_set_log_func(collect_message);
    Arguments arguments;
    arguments.add_option("fsname=" + options.source);
    arguments.add_option(fmt::format("subtype={}", subtype));
    arguments.add_option("default_permissions");
    if (options.allow_other) {
        arguments.add_option("allow_other");
    }
    for (const auto& option : options.options) {
        arguments.add_option(option);
    }
    if (options.debug) {
        arguments.add("-d");
    }
    const auto& table = Operations::table();
    handle_->session = fuse_session_new(arguments.get(), &table, sizeof(table), operations_.get());
    if (handle_->session == nullptr) {
        throw_errno(EINVAL, "mount options: " + last_message());
    }
    handle_->mount(place, options);
}

Session::~Session() {
    handle_.reset();
    operations_->drop_handles();
}

void Session::on_ready(void (*hook)(void*), void* context) noexcept {
    operations_->on_ready(hook, context);
}

void Session::run() {
    int result = 0;
    if (single_threaded_) {
        result = fuse_session_loop(handle_->session);
    } else {
        fuse_loop_config* config = fuse_loop_cfg_create();
        fuse_loop_cfg_set_max_threads(config, threads_);
        fuse_loop_cfg_set_clone_fd(config, 0);
        result = fuse_session_loop_mt(handle_->session, config);
        fuse_loop_cfg_destroy(config);
    }
    const std::lock_guard lock(handle_->mutex);
    handle_->finished = true;
    handle_->ended.notify_all();
    // Either is how the kernel tells of an unmount, the second to who was about to be asked.
    if (result < 0 && result != -ENODEV && result != -ECONNABORTED) {
        throw_errno(-result, "FUSE connection");
    }
}

void Session::detach() noexcept {
    if (handle_->gone()) {
        handle_->detached = true;
    } else if (handle_->own_mount) {
        handle_->detached = handle_->own_mount->detach();
    } else if (!handle_->users_mount.empty()) {
        handle_->root.reset(::open(handle_->users_mount.c_str(), O_PATH | O_CLOEXEC));
        handle_->detached = detach_as_user(handle_->users_mount);
    }
}

void Session::quit(std::chrono::milliseconds grace) noexcept {
    std::unique_lock lock(handle_->mutex);
    const auto ended = [this] { return handle_->finished; };
    constexpr auto moment = std::chrono::milliseconds(5);
    for (auto left = grace; left > std::chrono::milliseconds::zero() && operations_->has_open();
         left -= moment) {
        handle_->ended.wait_for(lock, moment, ended);
    }
    fuse_session_exit(handle_->session);
    // That only sets a flag. The loop looks at it when a signal interrupts its wait, and a signal
    // that comes just before the wait is lost: hence more than one.
    do {
        pthread_kill(handle_->main_thread, wake_signal);
    } while (!handle_->ended.wait_for(lock, moment, ended));
}

}  // namespace gpiofs::fs
