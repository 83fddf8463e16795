// SPDX-License-Identifier: MIT
#pragma once

#include "cli/board_match.h"
#include "cli/options.h"
#include "gpio/registry.h"
#include "poll/poll_workers.h"
#include "poll/reclaim_list.h"
#include "transport/board.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace gpiofs::daemon {

/// A board that somebody else has, and that Options::leave_held leaves to him.
class LeftAlone final : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Brings boards into the tree and takes them out again: opens the interfaces that are wanted,
/// gives them their numbers, and hands what a departure leaves behind to the reclaim list.
/// Thread-safe.
class BoardManager final : public transport::BoardObserver, public gpio::ChipObserver {
  public:
    using Boards = std::vector<std::shared_ptr<transport::Board>>;
    /// Has a board tried again in a while.
    using Later = std::function<void(const std::shared_ptr<transport::Board>&)>;

    /// All but `ask_udev` outlive it.
    BoardManager(const cli::Options& options, gpio::Registry& registry, poll::ReclaimList& reclaim,
                 const Clock& clock, cli::AskUdev ask_udev);

    /// Opens a board that was chosen. One that is in use already is no error. Throws LeftAlone, or
    /// std::system_error with one line that names the board and what to do.
    void open(transport::Board& board, const cli::Choice& choice);
    /// Opens what was chosen of the boards that are there at the start. What cannot be opened is
    /// left to `later`, or thrown as open() does if that is empty. Boards that are left alone are
    /// told of in the log; if there are no others, and none to wait for, throws LeftAlone.
    void open_present(const Boards& present, const std::vector<cli::Choice>& choices,
                      const Later& later);
    /// Opens a board that has arrived, if it is wanted. One that is left alone is told of in the
    /// log. Throws std::system_error as open() does, or EAGAIN if udev has not come to the board.
    void arrive(const std::shared_ptr<transport::Board>& board);

    /// Whether no board is in use.
    bool empty();
    /// Called when the last board has gone. Set before the first is opened.
    void when_empty(std::function<void()> hook) { when_empty_ = std::move(hook); }

    /// Ends the opening of boards that is under way with ECANCELED, and every later one. Any
    /// thread.
    void cancel_opening() noexcept;

    /// Takes all boards out at the end of the program: wakes who waits, ends every transfer.
    void leave_all() noexcept;
    /// Does the same if need be, and waits until the boards have been left as Options::on_exit says
    /// and every thread that served them is joined.
    void close() noexcept;

    void board_arrived(const std::shared_ptr<transport::Board>& board) override;
    void board_left(const std::string& path) override;
    void work_changed(const std::shared_ptr<gpio::Chip>& chip) noexcept override;
    void need_worker(const std::shared_ptr<gpio::Chip>& chip) override;
    void board_lost(const gpio::ChipInfo& chip) noexcept override;

  private:
    /// A board in use: the BOARD word it was chosen by, and what its numbers are kept under.
    struct Served {
        std::size_t word = 0;
        std::string identity;
        std::uint64_t arrival = 0;
    };

    /// What a board's numbers are kept under, and which arrival was its last.
    struct Identity {
        std::string name;
        std::uint64_t used = 0;
    };

    std::unique_ptr<transport::Transport> open_interface(transport::Board& board,
                                                         unsigned interface_number,
                                                         TimePoint deadline) const;
    std::unique_ptr<gpio::Engine> start_engine(transport::Board& board, const cli::Choice& choice,
                                               unsigned interface_number);
    gpio::ChipInfo describe(const transport::BoardInfo& board, const cli::Choice& choice,
                            unsigned interface_number, const Served& served,
                            std::optional<unsigned>& base);
    class Starting;
    bool is_served(const std::string& path, std::uint64_t arrival);
    /// Of a board that is being opened; nothing if it is in use already.
    std::optional<Served> reserve(const transport::BoardInfo& board, std::size_t word);
    /// Takes a board out: the one that is at the path, or none if it is not this arrival.
    void leave(const std::string& path, std::optional<std::uint64_t> arrival);
    bool is_taken(const std::string& identity) const;
    std::chrono::microseconds sample_interval(std::size_t word) const;
    std::optional<unsigned> wanted_base(std::size_t word, const std::string& identity);
    void retire(const std::vector<std::shared_ptr<gpio::Chip>>& chips, gpio::OnExit on_exit);

    const cli::Options& options_;
    gpio::Registry& registry_;
    poll::ReclaimList& reclaim_;
    const Clock& clock_;
    const cli::AskUdev ask_udev_;
    poll::PollWorkers workers_;
    std::function<void()> when_empty_;

    std::mutex mutex_;
    std::map<std::string, Served> served_;  ///< by path; guarded by mutex_
    /// By serial and path, as many as the registry remembers; guarded by mutex_.
    std::map<std::pair<std::string, std::string>, Identity> identities_;
    std::uint64_t arrivals_ = 0;  ///< guarded by mutex_
    std::string based_;           ///< identity that has -o base=; guarded by mutex_
    bool closing_ = false;        ///< guarded by mutex_
    bool cancelled_ = false;      ///< guarded by mutex_
    /// Engines that are being started; guarded by mutex_.
    std::set<gpio::Engine*> starting_;
};

}  // namespace gpiofs::daemon
