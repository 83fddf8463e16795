// SPDX-License-Identifier: MIT
#pragma once

#include "support/files.h"
#include "support/process.h"

#include <memory>
#include <string>
#include <vector>

namespace gpiofs::test {

/// Why a mount cannot be tested here ("no /dev/fuse"); empty if it can.
std::string why_no_mount();

/// Whether something is mounted there.
bool is_mounted(const fs::path& path);

/// A program's log from the first report of a sanitizer on; empty if there is none.
std::string sanitizer_report(const std::string& log);

/// The built program on a real mount in a folder of its own. If it is not stopped, the destructor
/// does away with it on every path.
class Mount {
  public:
    /// Starts the program in the foreground with these arguments before the mount point, and waits
    /// until the tree is there. Throws std::runtime_error with its log if it does not come.
    explicit Mount(const std::vector<std::string>& arguments);
    /// The same with a command of any program that stays in the foreground, whose tree has `file`.
    Mount(std::vector<std::string> command, const std::string& file);
    Mount(const Mount&) = delete;
    Mount& operator=(const Mount&) = delete;
    ~Mount();

    /// The mount point.
    const fs::path& path() const noexcept { return path_; }
    fs::path operator/(const fs::path& below) const { return path_ / below; }
    Process& process() noexcept { return *process_; }
    /// What the program has printed so far.
    std::string log() const { return read_text(log_path_); }

    /// A file of the bench of virtual board 0, without its newline.
    std::string bench(const std::string& file) const;
    void set_bench(const std::string& file, const std::string& text) const;
    /// A number from the bench's `counters` file of board 0; throws if it is not there.
    long counter(const std::string& name) const;

    /// Exports a line by its global number and returns its folder.
    fs::path export_line(unsigned number) const;

    /// Ends it with SIGTERM; returns its exit status, -1 if it does not end.
    int stop();

    // What /proc says of the program.
    std::size_t threads() const;
    /// Threads with this name.
    std::size_t threads_named(const std::string& name) const;
    /// Threads with a name of their own. libfuse's have the program's name; they come as requests
    /// need them, and some stay.
    std::size_t own_threads() const;
    /// libfuse's threads that do not wait for a request of the kernel's; the thread sanitizer has
    /// one that looks like it.
    std::size_t threads_at_a_request() const;
    std::size_t descriptors() const;
    /// Voluntary and involuntary context switches of all threads together.
    long context_switches() const;
    long resident_kib() const;

  private:
    TemporaryFolder folder_;
    fs::path path_;
    fs::path log_path_;
    std::unique_ptr<Process> process_;
};

}  // namespace gpiofs::test

/// At the head of a test case: skips it where nothing can be mounted.
#define NEEDS_MOUNT()                                             \
    do {                                                          \
        const std::string why_not = gpiofs::test::why_no_mount(); \
        if (!why_not.empty()) {                                   \
            SKIP_TEST(why_not);                                   \
        }                                                         \
    } while (false)
