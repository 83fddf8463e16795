// SPDX-License-Identifier: MIT
#pragma once

#include "base/unique_fd.h"
#include "stress/journal.h"
#include "stress/settings.h"
#include "support/mount.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace gpiofs::test {

/// One life of a virtual FT232H: it is plugged, all its lines are exported and armed, 32 pollers
/// and 4 readers of events wait on them, and while levels toggle and others read, write, unexport
/// and list, the plug is pulled at a random moment. Then everything that was waiting or open must
/// have been told.
class ReplugCycle {
  public:
    static constexpr unsigned lines = 16;
    static constexpr unsigned base = 512;

    ReplugCycle(Mount& mount, Journal& journal, int number);
    ReplugCycle(const ReplugCycle&) = delete;
    ReplugCycle& operator=(const ReplugCycle&) = delete;
    ~ReplugCycle();

    /// What the outside world does to the pins all the time, with the plug in or out.
    static void prepare_bench(const Mount& mount);

    /// The whole cycle, on a board that is unplugged, which it is again at the end. Throws
    /// std::runtime_error where going on makes no sense; all else is in the journal.
    void run();

    /// Wake-ups with a level to read, so by an edge.
    long edges() const noexcept { return edges_; }
    /// Whether the plug had to stay in until a poller had seen an edge.
    bool edge_first() const noexcept { return edge_first_; }

  private:
    void plug();
    void export_and_arm();
    void open_files();
    void start_pollers();
    void start_actors();
    void unplug();
    void check_gone();

    void poll_until_gone(std::size_t poller);
    void read_events_until_gone(std::size_t reader);
    void toggle(Chance& chance);
    void read_files(Chance& chance);
    void write_outputs(Chance& chance);
    void reexport(Chance& chance);
    void rearm(Chance& chance);
    void walk(const fs::path& folder);

    using Act = void (ReplugCycle::*)(Chance&);
    /// A thread that acts again and again until the cycle is over.
    void add_actor(Act act);

    fs::path line(unsigned offset) const;
    std::string write(const Operation& operation, const fs::path& path, std::string_view text);
    std::string read(const Operation& operation, const fs::path& path);
    bool wait_for_names(const std::vector<std::string>& names) const;

    struct OpenFile {
        fs::path path;
        UniqueFd fd;
        bool writable = false;
    };

    Mount& mount_;
    Journal& journal_;
    const int number_;
    Chance chance_;
    bool edge_first_;
    std::atomic<bool> pulling_ = false;
    std::atomic<long> edges_ = 0;
    std::vector<OpenFile> values_;  ///< one for each poller
    std::vector<OpenFile> events_;  ///< one for each reader
    std::vector<OpenFile> others_;
    std::atomic<bool> over_ = false;
    std::vector<std::jthread> actors_;
    std::vector<std::jthread> pollers_;
};

}  // namespace gpiofs::test
