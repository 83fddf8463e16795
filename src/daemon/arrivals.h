// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "transport/board.h"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gpiofs::daemon {

/// Stands between a source of boards and who serves them: arrivals are opened on a thread of their
/// own, so that no slow board keeps a departure from being heard of, and tried again for a while
/// where udev has not given permission yet. Thread-safe.
class Arrivals final : public transport::BoardObserver {
  public:
    /// Opens a board if it is wanted; throws std::system_error if it cannot be opened.
    using Open = std::function<void(const std::shared_ptr<transport::Board>&)>;
    /// Is told of a departure, in the source's thread.
    using Left = std::function<void(const std::string& path)>;

    /// How long after its arrival a board is tried again, and how often.
    static constexpr Duration patience = std::chrono::seconds(10);
    static constexpr Duration pause = std::chrono::milliseconds(200);

    /// `clock` outlives it. What arrives is kept until start().
    Arrivals(Open open, Left left, Clock& clock);
    Arrivals(const Arrivals&) = delete;
    Arrivals& operator=(const Arrivals&) = delete;
    ~Arrivals() override;

    /// Begins to open boards, unless it has. Throws std::system_error if there can be no thread.
    void start();
    /// The same for as long as boards wait: the thread ends by itself. For one caller at a time.
    void start_while_needed();
    /// Ends the thread; what is still waiting is forgotten. Idempotent.
    void stop() noexcept;

    void board_arrived(const std::shared_ptr<transport::Board>& board) override;
    void board_left(const std::string& path) override;

  private:
    struct Waiting {
        std::shared_ptr<transport::Board> board;
        TimePoint next;
        TimePoint last;
    };

    void run();
    /// Whether the board needs no more tries.
    bool try_to_open(const Waiting& waiting) noexcept;

    const Open open_;
    const Left left_;
    Clock& clock_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Waiting> waiting_;  ///< guarded by mutex_
    bool stopping_ = false;         ///< guarded by mutex_
    bool stays_ = false;            ///< the thread, with nothing to do; guarded by mutex_
    bool running_ = false;          ///< guarded by mutex_
    std::thread thread_;
};

/// Opens boards that arrive in the thread that plugs them in, so that they are in the tree when it
/// goes on, as those of the bench must be. What cannot be opened is left to an Arrivals, which is
/// started only then. Thread-safe, if the source tells one event at a time.
class ImmediateArrivals final : public transport::BoardObserver {
  public:
    /// `arrivals` outlives it; `open` as its own.
    ImmediateArrivals(Arrivals& arrivals, Arrivals::Open open);

    void board_arrived(const std::shared_ptr<transport::Board>& board) override;
    void board_left(const std::string& path) override;

  private:
    Arrivals& arrivals_;
    const Arrivals::Open open_;
};

}  // namespace gpiofs::daemon
