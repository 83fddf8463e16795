// SPDX-License-Identifier: MIT
#include "gpio/registry.h"

#include "base/error.h"
#include "base/forget_oldest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

namespace gpiofs::gpio {
namespace {

constexpr auto largest_number = static_cast<unsigned>(std::numeric_limits<int>::max());

bool overlap(unsigned base, unsigned lines, unsigned other_base, unsigned other_lines) {
    return base < other_base + other_lines && other_base < base + lines;
}

}  // namespace

ChipNumbers Registry::numbers_for(const std::string& identity, unsigned lines,
                                  std::optional<unsigned> base) {
    const std::lock_guard lock(mutex_);
    const auto known = reserved_.find(identity);
    if (known != reserved_.end()) {
        known->second.used = ++last_use_;
        return known->second.numbers;
    }
    if (base) {
        check_free_locked(identity, lines, *base);
        kept_.erase(*base);
    }
    const ChipNumbers numbers{first_free_chip_number_locked(),
                              base ? *base : first_free_base_locked(lines)};
    reserved_.emplace(identity, Range{numbers, lines, base.has_value(), ++last_use_});
    forget_oldest(reserved_, most_remembered, [&](const std::string& owner, const Range& range) {
        return owner == identity || range.asked_for || is_present_locked(range);
    });
    return numbers;
}

void Registry::keep_for(unsigned base, unsigned lines) {
    const std::lock_guard lock(mutex_);
    kept_[base] = lines;
}

void Registry::check_free_locked(const std::string& identity, unsigned lines, unsigned base) const {
    if (base > largest_number - (lines - 1)) {
        throw_errno(ERANGE, fmt::format("{}: base={}: line numbers end at {}", identity, base,
                                        largest_number));
    }
    for (const auto& [owner, range] : reserved_) {
        if (overlap(base, lines, range.numbers.base, range.lines)) {
            throw_errno(EBUSY,
                        fmt::format("{}: base={}: lines {} to {} belong to {}, choose another base",
                                    identity, base, range.numbers.base,
                                    range.numbers.base + range.lines - 1, owner));
        }
    }
}

unsigned Registry::first_free_base_locked(unsigned lines) const {
    std::vector<std::pair<unsigned, unsigned>> taken(kept_.begin(), kept_.end());
    for (const auto& [owner, range] : reserved_) {
        taken.emplace_back(range.numbers.base, range.lines);
    }
    std::sort(taken.begin(), taken.end());
    unsigned base = dynamic_base;
    for (const auto& [other_base, other_lines] : taken) {
        if (overlap(base, lines, other_base, other_lines)) {
            base = other_base + other_lines;
        }
    }
    return base;
}

unsigned Registry::first_free_chip_number_locked() const {
    std::vector<bool> taken(reserved_.size() + 1);
    for (const auto& [owner, range] : reserved_) {
        if (range.numbers.chip_number < taken.size()) {
            taken[range.numbers.chip_number] = true;
        }
    }
    return static_cast<unsigned>(std::find(taken.begin(), taken.end(), false) - taken.begin());
}

bool Registry::is_present_locked(const Range& range) const {
    return std::any_of(chips_.begin(), chips_.end(),
                       [&](const auto& chip) { return chip->info().base == range.numbers.base; });
}

void Registry::add(std::shared_ptr<Chip> chip) {
    const auto base = chip->info().base;
    const std::lock_guard lock(mutex_);
    const auto at = std::find_if(chips_.begin(), chips_.end(),
                                 [base](const auto& other) { return other->info().base > base; });
    chips_.insert(at, std::move(chip));
}

std::vector<std::shared_ptr<Chip>> Registry::remove_board(std::uint64_t arrival) {
    std::vector<std::shared_ptr<Chip>> removed;
    const std::lock_guard lock(mutex_);
    std::erase_if(chips_, [&](const auto& chip) {
        const bool gone = chip->info().arrival == arrival;
        if (gone) {
            removed.push_back(chip);
        }
        return gone;
    });
    return removed;
}

std::vector<std::shared_ptr<Chip>> Registry::remove_all() {
    const std::lock_guard lock(mutex_);
    return std::exchange(chips_, {});
}

std::vector<std::shared_ptr<Chip>> Registry::chips() const {
    const std::lock_guard lock(mutex_);
    return chips_;
}

std::shared_ptr<Chip> Registry::chip(std::uint64_t id) const {
    const std::lock_guard lock(mutex_);
    const auto at = std::find_if(chips_.begin(), chips_.end(),
                                 [id](const auto& chip) { return chip->info().id.number() == id; });
    return at == chips_.end() ? nullptr : *at;
}

std::shared_ptr<Line> Registry::line(std::uint64_t id) const {
    for (const auto& chip : chips()) {
        for (auto& line : chip->lines()) {
            if (line->id() == id) {
                return line;
            }
        }
    }
    return nullptr;
}

std::shared_ptr<Chip> Registry::owner(std::int64_t number) const {
    const std::lock_guard lock(mutex_);
    for (const auto& chip : chips_) {
        const ChipInfo& info = chip->info();
        if (number >= info.base && number < std::int64_t{info.base} + info.lines) {
            return chip;
        }
    }
    return nullptr;
}

std::shared_ptr<Line> Registry::exported(unsigned number) const {
    const auto chip = owner(number);
    return chip ? chip->line(number - chip->info().base) : nullptr;
}

template <typename Change>
void Registry::with_line(std::int64_t number, const Change& change) const {
    const auto chip = owner(number);
    if (!chip) {
        throw_errno(EINVAL, "no such line");
    }
    try {
        change(*chip, static_cast<unsigned>(number - std::int64_t{chip->info().base}));
    } catch (const std::system_error& e) {
        if (e.code() == errno_code(ENODEV)) {
            throw_errno(EINVAL, "a board that has just gone has no numbers any more");
        }
        throw;
    }
}

void Registry::export_number(std::int64_t number) {
    with_line(number, [this](Chip& chip, unsigned offset) { chip.export_line(offset, next_id()); });
}

void Registry::unexport_number(std::int64_t number) {
    with_line(number, [](Chip& chip, unsigned offset) { chip.unexport_line(offset); });
}

}  // namespace gpiofs::gpio
