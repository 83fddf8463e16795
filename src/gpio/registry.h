// SPDX-License-Identifier: MIT
#pragma once

#include "base/sync.h"
#include "gpio/chip.h"
#include "gpio/object_id.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gpiofs::gpio {

/// The kernel gives its dynamic GPIO numbers from here on (Linux drivers/gpio/gpiolib.c,
/// GPIO_DYNAMIC_BASE).
constexpr unsigned dynamic_base = 512;

/// So many interfaces keep their numbers for when they come back. Beyond that, the numbers of those
/// that were plugged in longest ago and are not there now are free again: a board that invents a
/// serial at each plug would use all numbers up.
constexpr std::size_t most_remembered = 256;

/// The numbers of an interface, kept for it while it is there and after it has left.
struct ChipNumbers {
    unsigned chip_number = 0;
    unsigned base = 0;
};

/// All chips and their numbers: who has which global line numbers and which `chip<N>`, export and
/// unexport, and finding things by number or by id. Thread-safe.
class Registry {
  public:
    /// An id for a chip or line. Throws as ObjectIds::next().
    ObjectId next_id() { return ids_.next(); }

    /// Keeps numbers for a board that asks for `base` once it is there: until then nobody is given
    /// them unasked.
    void keep_for(unsigned base, unsigned lines);
    /// The numbers of the interface known as `identity`: the ones it had before, else new ones,
    /// first fit at or above 512 or exactly `base`. Those that were asked for are never forgotten.
    /// Throws std::system_error EBUSY if numbers that were asked for belong to another interface,
    /// ERANGE if they do not fit below 2^31.
    ChipNumbers numbers_for(const std::string& identity, unsigned lines,
                            std::optional<unsigned> base);

    void add(std::shared_ptr<Chip> chip);
    /// Takes the chips of a board out; they are still to be killed.
    std::vector<std::shared_ptr<Chip>> remove_board(std::uint64_t arrival);
    std::vector<std::shared_ptr<Chip>> remove_all();

    /// In order of their base.
    std::vector<std::shared_ptr<Chip>> chips() const;
    std::shared_ptr<Chip> chip(std::uint64_t id) const;
    std::shared_ptr<Line> line(std::uint64_t id) const;
    /// The exported line with a global number; nothing if it is not exported.
    std::shared_ptr<Line> exported(unsigned number) const;

    /// Throw std::system_error: EINVAL no such line or (unexport) not exported, EBUSY exported.
    void export_number(std::int64_t number);
    void unexport_number(std::int64_t number);

  private:
    struct Range {
        ChipNumbers numbers;
        unsigned lines;
        bool asked_for;
        std::uint64_t used;  ///< when it was given last
    };
    std::shared_ptr<Chip> owner(std::int64_t number) const;
    template <typename Change>
    void with_line(std::int64_t number, const Change& change) const;
    void check_free_locked(const std::string& identity, unsigned lines, unsigned base) const;
    unsigned first_free_base_locked(unsigned lines) const;
    unsigned first_free_chip_number_locked() const;
    bool is_present_locked(const Range& range) const;

    ObjectIds ids_;
    mutable Mutex mutex_;
    std::uint64_t last_use_ = 0;                ///< guarded by mutex_
    std::map<std::string, Range> reserved_;     ///< guarded by mutex_
    std::map<unsigned, unsigned> kept_;         ///< lines by base; guarded by mutex_
    std::vector<std::shared_ptr<Chip>> chips_;  ///< guarded by mutex_
};

}  // namespace gpiofs::gpio
