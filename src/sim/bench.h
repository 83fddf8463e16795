// SPDX-License-Identifier: MIT
#pragma once

#include "sim/bench_files.h"
#include "sim/virtual_board.h"
#include "transport/board.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gpiofs::sim {

class LocalBoard;

/// A table with virtual boards on it: a source of boards for the driver, and the words by which
/// people handle them (the files below sim/<n>/). Boards are numbered from 0 and never removed,
/// only unplugged; the bench of an unplugged board goes on working. Thread-safe.
class Bench final : public transport::BoardSource {
  public:
    /// `clock` outlives the bench and every transport opened through it.
    explicit Bench(Clock& clock);
    ~Bench() override;

    /// Puts a board on the table, plugged in, and returns its number; observers are not told.
    /// Throws std::invalid_argument with a message for the command line.
    unsigned add(const BoardConfig& config);
    unsigned size() const;
    /// Throws std::out_of_range. The board lives as long as the bench.
    VirtualBoard& board(unsigned number) const;

    /// Every file of a board, "plugged" or "adbus0/pull", in the order to list them.
    std::vector<BenchFile> files(unsigned number) const;
    /// The pins with a folder each: "adbus0", ...
    std::vector<std::string> pins(unsigned number) const;

    /// A file's text, which ends with a newline if it is not empty. Throws std::system_error:
    /// ENOENT no such board or file, EACCES a file that is only written.
    std::string read(unsigned number, std::string_view path) const;
    /// Obeys `text`, with or without a newline at its end. Throws std::system_error: ENOENT, EACCES
    /// a file that is only read, EINVAL not a word of that file. Writing `plugged` tells the
    /// observer before it returns, from this thread and with no lock held; only while another
    /// thread is telling it something, that thread tells this too.
    void write(unsigned number, std::string_view path, std::string_view text);

    // transport::BoardSource; one observer at a time.
    std::vector<std::shared_ptr<transport::Board>> boards() override;
    void watch(transport::BoardObserver& observer) override;
    /// Not to be called from inside an observer's call.
    void stop_watching() noexcept override;

  private:
    struct Slot {
        std::shared_ptr<VirtualBoard> board;
        /// The board as it was plugged in last; none while it is unplugged.
        std::shared_ptr<LocalBoard> local;
    };
    /// A board that came, or a path that left.
    struct Event {
        std::shared_ptr<transport::Board> arrived;
        std::string left;
    };

    VirtualBoard& find(unsigned number) const;
    void set_plugged(unsigned number, bool plugged);
    void tell(std::unique_lock<std::mutex>& lock);

    Clock& clock_;
    mutable std::mutex mutex_;
    std::vector<Slot> slots_;
    transport::BoardObserver* observer_ = nullptr;
    std::vector<Event> events_;
    bool telling_ = false;
    std::condition_variable told_;
};

}  // namespace gpiofs::sim
