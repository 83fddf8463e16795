// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace gpiofs::test {

/// What is under way while the board is at fault.
enum class Operation {
    read,
    write,
    direction,
    sampling,   ///< by a poll worker, at an interval
    streaming,  ///< sample_interval_us 0, with a read among the samples
    start,      ///< of a board that is not in MPSSE mode
    teardown,   ///< while a read is under way
};

/// What becomes of it.
struct Outcome {
    /// What every attempt that fails is told; 0: none fails. Samples are told to nobody: there it
    /// is what a poller learns.
    int error = 0;
    /// The rungs of the recovery ladder (src/gpio/engine.h) that were used: "2", "12", "23".
    std::string_view rungs{};

    bool operator==(const Outcome&) const = default;
};

/// A fault, by its word in the bench's file `fault` ("disconnect": the plug is pulled), and what it
/// does to an operation if it comes once, three times, or until somebody takes it away.
struct Row {
    std::string_view fault;
    Operation operation = Operation::read;
    Outcome once;
    Outcome thrice;
    Outcome for_ever;
};

/// All that is expected, by faults and then by operations.
std::span<const Row> matrix();

/// One check of the matrix.
struct Cell {
    std::string_view fault;
    Operation operation = Operation::read;
    /// As in the bench's file: 1, 3 or -1.
    int count = 1;
    Outcome expected;

    bool disconnects() const { return fault == "disconnect"; }
    /// Lines do not outlive it.
    bool takes_power() const { return fault == "power-loss"; }
    bool for_ever() const { return count < 0; }
    /// Of a board that has been unplugged no engine ever hears again, whatever is plugged in later.
    bool stays() const { return for_ever() || disconnects(); }
    /// "late, read, three times"
    std::string name() const;
};

/// Calls `check` with every cell of an operation.
void for_each_cell(Operation operation, const std::function<void(const Cell&)>& check);

std::string_view name_of(Operation operation);

}  // namespace gpiofs::test
