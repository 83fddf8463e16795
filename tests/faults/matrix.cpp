// SPDX-License-Identifier: MIT
#include "faults/matrix.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>

namespace gpiofs::test {
namespace {

using enum Operation;

constexpr Row always(std::string_view fault, Operation operation, Outcome outcome) {
    return {fault, operation, outcome, outcome, outcome};
}

/// Once, three times, for ever.
constexpr auto rows = std::to_array<Row>({
    always("timeout", read, {ETIMEDOUT, "2"}),
    always("timeout", write, {ETIMEDOUT, "2"}),
    always("timeout", direction, {ETIMEDOUT, "2"}),
    always("timeout", sampling, {0, "2"}),
    always("timeout", streaming, {ETIMEDOUT, "2"}),
    {"timeout", start, {}, {ETIMEDOUT}, {ETIMEDOUT}},
    always("timeout", teardown, {ENODEV}),
    always("stall", read, {EPIPE, "2"}),
    always("stall", write, {EPIPE, "2"}),
    always("stall", direction, {EPIPE, "2"}),
    always("stall", sampling, {0, "2"}),
    always("stall", streaming, {EPIPE, "2"}),
    {"stall", start, {}, {EPIPE}, {EPIPE}},
    always("stall", teardown, {EPIPE}),
    {"short", read, {ETIMEDOUT, "2"}, {ETIMEDOUT, "23"}, {ETIMEDOUT, "23"}},
    always("short", write, {}),
    always("short", direction, {}),
    {"short", sampling, {0, "2"}, {0, "23"}, {0, "23"}},
    {"short", streaming, {0, "2"}, {0, "23"}, {ETIMEDOUT, "23"}},
    {"short", start, {}, {ETIMEDOUT}, {ETIMEDOUT}},
    always("short", teardown, {ENODEV}),
    {"status-only", read, {}, {}, {ETIMEDOUT, "23"}},
    always("status-only", write, {}),
    always("status-only", direction, {}),
    {"status-only", sampling, {}, {}, {0, "23"}},
    {"status-only", streaming, {}, {}, {ETIMEDOUT, "23"}},
    {"status-only", start, {}, {}, {ETIMEDOUT}},
    {"status-only", teardown, {}, {}, {ENODEV}},
    always("garbage", read, {}),
    always("garbage", write, {}),
    always("garbage", direction, {}),
    always("garbage", sampling, {}),
    {"garbage", streaming, {0, "2"}, {0, "2"}, {ETIMEDOUT, "23"}},
    {"garbage", start, {}, {ETIMEDOUT}, {ETIMEDOUT}},
    always("garbage", teardown, {}),
    {"late", read, {ETIMEDOUT, "2"}, {ETIMEDOUT, "23"}, {ETIMEDOUT, "23"}},
    always("late", write, {}),
    always("late", direction, {}),
    {"late", sampling, {0, "2"}, {0, "23"}, {0, "23"}},
    {"late", streaming, {}, {}, {ETIMEDOUT, "23"}},
    {"late", start, {}, {}, {ETIMEDOUT}},
    always("late", teardown, {ENODEV}),
    always("nak", read, {ETIMEDOUT, "2"}),
    always("nak", write, {ETIMEDOUT, "2"}),
    always("nak", direction, {ETIMEDOUT, "2"}),
    always("nak", sampling, {0, "2"}),
    always("nak", streaming, {ETIMEDOUT, "2"}),
    {"nak", start, {}, {ETIMEDOUT}, {ETIMEDOUT}},
    always("nak", teardown, {ENODEV}),
    always("cut", read, {ETIMEDOUT, "12"}),
    always("cut", write, {ETIMEDOUT, "12"}),
    always("cut", direction, {ETIMEDOUT, "12"}),
    always("cut", sampling, {0, "12"}),
    always("cut", streaming, {ETIMEDOUT, "12"}),
    {"cut", start, {}, {ETIMEDOUT}, {ETIMEDOUT}},
    always("cut", teardown, {ENODEV}),
    always("endpoint-gone", read, {EIO, "2"}),
    always("endpoint-gone", write, {EIO, "2"}),
    always("endpoint-gone", direction, {EIO, "2"}),
    always("endpoint-gone", sampling, {0, "2"}),
    always("endpoint-gone", streaming, {EIO, "2"}),
    {"endpoint-gone", start, {}, {EIO}, {EIO}},
    always("endpoint-gone", teardown, {EIO}),
    always("power-loss", read, {ETIMEDOUT, "3"}),
    always("power-loss", write, {0, "3"}),
    always("power-loss", direction, {0, "3"}),
    always("power-loss", sampling, {0, "3"}),
    always("power-loss", streaming, {ETIMEDOUT, "3"}),
    {"power-loss", start, {}, {}, {ETIMEDOUT}},
    always("power-loss", teardown, {ENODEV}),
    always("disconnect", read, {ENODEV}),
    always("disconnect", write, {ENODEV}),
    always("disconnect", direction, {ENODEV}),
    always("disconnect", sampling, {ENODEV}),
    always("disconnect", streaming, {ENODEV}),
    always("disconnect", start, {ENODEV}),
    always("disconnect", teardown, {ENODEV}),
});

constexpr std::array operation_names = {"read",      "write", "direction", "sampling",
                                        "streaming", "start", "teardown"};

}  // namespace

std::span<const Row> matrix() { return rows; }

std::string_view name_of(Operation operation) {
    return operation_names[static_cast<std::size_t>(operation)];
}

std::string Cell::name() const {
    return fmt::format("{}, {}, {}", fault, name_of(operation),
                       for_ever()   ? "for ever"
                       : count == 1 ? "once"
                                    : "three times");
}

void for_each_cell(Operation operation, const std::function<void(const Cell&)>& check) {
    for (const Row& row : rows) {
        if (row.operation == operation) {
            check({row.fault, operation, 1, row.once});
            check({row.fault, operation, 3, row.thrice});
            check({row.fault, operation, -1, row.for_ever});
        }
    }
}

}  // namespace gpiofs::test
