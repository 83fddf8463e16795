// SPDX-License-Identifier: MIT
#include "daemon/board_manager.h"

#include "base/error.h"
#include "base/forget_oldest.h"
#include "base/log.h"
#include "daemon/chip_names.h"
#include "mpsse/chip_type.h"
#include "mpsse/known_boards.h"
#include "poll/retired_chip.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <utility>

namespace gpiofs::daemon {
namespace {

/// wMaxPacketSize of bulk endpoints at full speed, at most (USB 2.0 section 5.8.3).
constexpr std::size_t full_speed_packet = 64;

std::string name_of(const transport::BoardInfo& board) {
    return fmt::format("{} ({:04x}:{:04x})", board.path, board.vendor, board.product);
}

}  // namespace

BoardManager::BoardManager(const cli::Options& options, gpio::Registry& registry,
                           poll::ReclaimList& reclaim, const Clock& clock, cli::AskUdev ask_udev)
    : options_(options),
      registry_(registry),
      reclaim_(reclaim),
      clock_(clock),
      ask_udev_(std::move(ask_udev)),
      workers_(reclaim, clock, options.timeout) {
    constexpr unsigned most_lines = mpsse::most_mpsse_interfaces * gpio::max_lines;
    for (const auto& word : options.boards) {
        if (word.base) {
            registry.keep_for(*word.base, most_lines);
        }
    }
}

void BoardManager::open(transport::Board& board, const cli::Choice& choice) {
    const transport::BoardInfo& info = board.info();
    const auto served = reserve(info, choice.word);
    if (!served) {
        return;
    }
    try {
        std::vector<std::unique_ptr<gpio::Engine>> engines;
        for (const unsigned number : choice.interfaces) {
            engines.push_back(start_engine(board, choice, number));
        }
        auto base = wanted_base(choice.word, served->identity);
        for (std::size_t i = 0; i < engines.size(); ++i) {
            auto chip = std::make_shared<gpio::Chip>(
                describe(info, choice, choice.interfaces[i], *served, base), std::move(engines[i]),
                clock_, sample_interval(choice.word), *this);
            log::info(fmt::format("{} {}: lines {} to {}", name_of(info),
                                  static_cast<char>('A' + choice.interfaces[i]), chip->info().base,
                                  chip->info().base + chip->info().lines - 1));
            registry_.add(std::move(chip));
        }
        if (!is_served(info.path, served->arrival)) {  // it was unplugged meanwhile
            retire(registry_.remove_board(served->arrival), gpio::OnExit::keep);
        }
    } catch (...) {
        {
            const std::lock_guard lock(mutex_);
            std::erase_if(served_, [&](const auto& entry) {
                return entry.second.arrival == served->arrival;
            });
        }
        retire(registry_.remove_board(served->arrival), options_.on_exit);
        throw;
    }
}

void BoardManager::open_present(const Boards& present, const std::vector<cli::Choice>& choices,
                                const Later& later) {
    std::vector<LeftAlone> left_alone;
    for (const auto& choice : choices) {
        const auto& board = present.at(choice.board);
        try {
            open(*board, choice);
        } catch (const LeftAlone& e) {
            left_alone.push_back(e);
        } catch (const std::system_error&) {
            if (!later) {
                throw;
            }
            later(board);
        }
    }
    if (!left_alone.empty() && left_alone.size() == choices.size() && !options_.wait) {
        throw LeftAlone(left_alone.back());
    }
    for (const auto& board : left_alone) {
        log::warning(board.what());
    }
}

bool BoardManager::empty() {
    const std::lock_guard lock(mutex_);
    return served_.empty();
}

bool BoardManager::is_served(const std::string& path, std::uint64_t arrival) {
    const std::lock_guard lock(mutex_);
    const auto at = served_.find(path);
    return at != served_.end() && at->second.arrival == arrival;
}

std::optional<BoardManager::Served> BoardManager::reserve(const transport::BoardInfo& board,
                                                          std::size_t word) {
    const std::lock_guard lock(mutex_);
    if (closing_ || served_.contains(board.path)) {
        return std::nullopt;
    }
    const std::string by_path = "path " + board.path;
    const std::string by_serial =
        board.serial
            ? fmt::format("{:04x}:{:04x} serial {}", board.vendor, board.product, *board.serial)
            : by_path;
    // Boards with the same serial are told apart by their path, all but the first, each for good.
    auto& identity =
        identities_.try_emplace({by_serial, board.path}, Identity{by_serial}).first->second;
    if (is_taken(identity.name)) {
        identity.name = by_path;
    }
    identity.used = ++arrivals_;
    const Served served{word, identity.name, arrivals_};
    served_.emplace(board.path, served);
    forget_oldest(identities_, gpio::most_remembered,
                  [this](const auto& key, const auto&) { return served_.contains(key.second); });
    return served;
}

bool BoardManager::is_taken(const std::string& identity) const {
    return std::any_of(served_.begin(), served_.end(),
                       [&](const auto& entry) { return entry.second.identity == identity; });
}

std::unique_ptr<transport::Transport> BoardManager::open_interface(transport::Board& board,
                                                                   unsigned interface_number,
                                                                   TimePoint deadline) const {
    const bool by_hand = ask_udev_(board.info()) != cli::MountsItself::yes;
    try {
        return board.open(
            interface_number,
            {options_.detach, deadline, options_.take_open_tty || !by_hand, options_.tty_openers});
    } catch (const std::system_error& error) {
        if (options_.leave_held && to_errno(error.code()) == EBUSY) {
            throw LeftAlone(fmt::format("left alone: {}", error.what()));
        }
        throw;
    }
}

/// An engine that cancel_opening() reaches.
class BoardManager::Starting {
  public:
    Starting(BoardManager& boards, gpio::Engine& engine) : boards_(boards), engine_(engine) {
        const std::lock_guard lock(boards_.mutex_);
        boards_.starting_.insert(&engine_);
        if (boards_.cancelled_) {
            engine_.abort();
        }
    }
    Starting(const Starting&) = delete;
    Starting& operator=(const Starting&) = delete;
    ~Starting() {
        const std::lock_guard lock(boards_.mutex_);
        boards_.starting_.erase(&engine_);
    }

  private:
    BoardManager& boards_;
    gpio::Engine& engine_;
};

std::unique_ptr<gpio::Engine> BoardManager::start_engine(transport::Board& board,
                                                         const cli::Choice& choice,
                                                         unsigned interface_number) {
    const TimePoint deadline = clock_.now() + options_.timeout;
    auto transport = open_interface(board, interface_number, deadline);
    if (!choice.chip->high_speed && transport->packet_size() > full_speed_packet) {
        throw_errno(EPROTO, fmt::format("{} runs at high speed, an {} cannot: it is another chip, "
                                        "or an imitation; choose another board",
                                        name_of(board.info()), choice.chip->name));
    }
    auto engine = std::make_unique<gpio::Engine>(
        std::move(transport),
        fmt::format("{} {}", name_of(board.info()), static_cast<char>('A' + interface_number)),
        mpsse::banks_of(choice.chip->pins()), clock_);
    const Starting starting(*this, *engine);
    engine->start(deadline);
    return engine;
}

void BoardManager::cancel_opening() noexcept {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    for (gpio::Engine* const engine : starting_) {
        engine->abort();
    }
}

std::chrono::microseconds BoardManager::sample_interval(std::size_t word) const {
    if (!options_.boards.empty() && options_.boards[word].sample_interval_us) {
        return std::chrono::microseconds(*options_.boards[word].sample_interval_us);
    }
    return std::chrono::duration_cast<std::chrono::microseconds>(options_.sample_interval);
}

std::optional<unsigned> BoardManager::wanted_base(std::size_t word, const std::string& identity) {
    if (!options_.boards.empty() && options_.boards[word].base) {
        return options_.boards[word].base;
    }
    const std::lock_guard lock(mutex_);
    if (options_.base && (based_.empty() || based_ == identity)) {
        based_ = identity;
        return options_.base;
    }
    return std::nullopt;
}

gpio::ChipInfo BoardManager::describe(const transport::BoardInfo& board, const cli::Choice& choice,
                                      unsigned interface_number, const Served& served,
                                      std::optional<unsigned>& base) {
    const unsigned lines = choice.chip->lines;
    const auto numbers = registry_.numbers_for(
        fmt::format("{} interface {}", served.identity, interface_number), lines, base);
    if (base) {
        *base += lines;
    }
    gpio::ChipInfo info;
    info.id = registry_.next_id();
    info.chip_number = numbers.chip_number;
    info.base = numbers.base;
    info.lines = lines;
    info.interface_number = interface_number;
    info.label = label_of(board, interface_number, numbers.chip_number);
    info.device_link = device_link_of(board, interface_number);
    info.arrival = served.arrival;
    info.board_path = board.path;
    info.limits = mpsse::line_limits(board.vendor, board.product, *choice.chip);
    return info;
}

void BoardManager::board_arrived(const std::shared_ptr<transport::Board>& board) {
    try {
        arrive(board);
    } catch (const std::exception& e) {
        log::error(e.what());
    }
}

void BoardManager::arrive(const std::shared_ptr<transport::Board>& board) {
    const transport::BoardInfo& info = board->info();
    std::vector<std::size_t> words;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [path, served] : served_) {
            words.push_back(served.word);
        }
    }
    std::string error;
    const auto choice = cli::choose_arrival(options_.boards, info, words, ask_udev_, error);
    if (!choice) {
        if (!error.empty()) {
            log::warning(error);
        }
        return;
    }
    try {
        open(*board, *choice);
    } catch (const LeftAlone& e) {
        log::warning(e.what());
    }
}

void BoardManager::board_left(const std::string& path) { leave(path, std::nullopt); }

void BoardManager::leave(const std::string& path, std::optional<std::uint64_t> arrival) {
    bool empty = false;
    std::optional<poll::ReclaimList::Announced> leaving;  // close() waits until all is done
    {
        const std::lock_guard lock(mutex_);
        const auto at = served_.find(path);
        if (at == served_.end() || at->second.arrival != arrival.value_or(at->second.arrival)) {
            return;
        }
        arrival = at->second.arrival;
        served_.erase(at);
        leaving.emplace(reclaim_);
        empty = served_.empty() && !closing_;
    }
    log::info(path + ": unplugged");
    retire(registry_.remove_board(*arrival), gpio::OnExit::keep);
    if (empty && when_empty_) {
        when_empty_();
    }
}

void BoardManager::board_lost(const gpio::ChipInfo& chip) noexcept {
    try {
        leave(chip.board_path, chip.arrival);
    } catch (const std::exception& e) {
        log::error(fmt::format("{}: {}", chip.board_path, e.what()));
    }
}

void BoardManager::work_changed(const std::shared_ptr<gpio::Chip>& chip) noexcept {
    workers_.update(chip);
}

void BoardManager::need_worker(const std::shared_ptr<gpio::Chip>& chip) { workers_.need(chip); }

void BoardManager::retire(const std::vector<std::shared_ptr<gpio::Chip>>& chips,
                          gpio::OnExit on_exit) {
    for (const auto& chip : chips) {
        chip->kill();
        reclaim_.push(std::make_unique<poll::RetiredChip>(chip, on_exit, clock_, options_.timeout));
    }
}

void BoardManager::leave_all() noexcept {
    cancel_opening();
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
        served_.clear();
    }
    retire(registry_.remove_all(), options_.on_exit);
}

void BoardManager::close() noexcept {
    leave_all();
    reclaim_.drain();
}

}  // namespace gpiofs::daemon
