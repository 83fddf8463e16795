// SPDX-License-Identifier: MIT
#include "base/error.h"
#include "base/text.h"
#include "fs/attributes.h"
#include "fs/bus_request.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <utility>

namespace gpiofs::fs {
namespace {

using gpio::Direction;
using gpio::Edge;
using gpio::Line;
using gpio::Sample;

bool parse_bool(std::string_view text) {
    const auto number = parse_kernel_long(text);
    if (!number) {
        throw_errno(static_cast<int>(number.error), "use 0 or 1");
    }
    return number.value != 0;
}

void show_direction(const Services& /*services*/, const Node& node, ReadRequest& request) {
    request.complete(node.line->direction() == Direction::out ? "out\n" : "in\n");
}

void change(const Services& services, const Node& node, const gpio::PinChange& pins,
            gpio::Chip::WorkerHold worker, WriteRequest& request) {
    BusRequest::submit(std::make_shared<ChangeWrite>(services, node.line->chip().shared_from_this(),
                                                     pins, std::move(worker), std::move(request)));
}

gpio::Chip::WorkerHold hold_worker(const Node& node) {
    return gpio::Chip::WorkerHold(node.line->chip().shared_from_this());
}

void store_direction(const Services& services, const Node& node, std::string_view text,
                     WriteRequest& request) {
    const bool high = attribute_equals(text, "high");
    const bool output = high || attribute_equals(text, "out") || attribute_equals(text, "low");
    if (!output && !attribute_equals(text, "in")) {
        throw_errno(EINVAL, "use in, out, low or high");
    }
    if (output ? !node.line->can_output() : !node.line->can_input()) {
        throw_errno(EOPNOTSUPP, output ? "the board has this line as an input only"
                                       : "the board has this line as an output only");
    }
    if (output) {
        change(services, node, node.line->output_change(high), {}, request);
    } else {
        const bool armed = node.line->edge() != Edge::none;
        change(services, node, node.line->input_change(),
               armed ? hold_worker(node) : gpio::Chip::WorkerHold(), request);
    }
}

std::string value_text(const Node& node, const Sample& sample) {
    return node.line->value(sample) ? "1\n" : "0\n";
}

void show_value(const Services& services, const Node& node, ReadRequest& request) {
    if (!node.line->can_input()) {
        throw_errno(EOPNOTSUPP, "the board has this line as an output only");
    }
    BusRequest::submit(std::make_shared<SampleRead>(services, node.line->chip().shared_from_this(),
                                                    node.line->bank(), value_text,
                                                    std::move(request)));
}

void store_value(const Services& services, const Node& node, std::string_view text,
                 WriteRequest& request) {
    const bool value = parse_bool(text);
    if (node.line->direction() != Direction::out) {
        throw_errno(EPERM, "the line is an input: write out, low or high to direction first");
    }
    change(services, node, node.line->value_change(value), {}, request);
}

void show_active_low(const Services& /*services*/, const Node& node, ReadRequest& request) {
    request.complete(node.line->active_low() ? "1\n" : "0\n");
}

bool apply_active_low(Line& line, int setting, const Sample* sample) {
    return line.set_active_low(setting != 0, sample);
}

/// Applies a setting at once if it can be, otherwise together with a sample.
void store_setting(const Services& services, const Node& node, SampledWrite::Apply apply,
                   int setting, WriteRequest& request) {
    if (apply(*node.line, setting, nullptr)) {
        request.complete();
    } else {
        node.line->make_edge_ring();
        BusRequest::submit(std::make_shared<SampledWrite>(services, node.line, apply, setting,
                                                          hold_worker(node), std::move(request)));
    }
}

void store_active_low(const Services& services, const Node& node, std::string_view text,
                      WriteRequest& request) {
    store_setting(services, node, apply_active_low, parse_bool(text) ? 1 : 0, request);
}

constexpr std::array<std::pair<std::string_view, Edge>, 4> edges = {{{"none", Edge::none},
                                                                     {"falling", Edge::falling},
                                                                     {"rising", Edge::rising},
                                                                     {"both", Edge::both}}};

void show_edge(const Services& /*services*/, const Node& node, ReadRequest& request) {
    for (const auto& [name, edge] : edges) {
        if (edge == node.line->edge()) {
            request.complete(fmt::format("{}\n", name));
            return;
        }
    }
}

bool apply_edge(Line& line, int setting, const Sample* sample) {
    return line.set_edge(static_cast<Edge>(setting), sample);
}

void store_edge(const Services& services, const Node& node, std::string_view text,
                WriteRequest& request) {
    for (const auto& [name, edge] : edges) {
        if (attribute_equals(text, name)) {
            store_setting(services, node, apply_edge, static_cast<int>(edge), request);
            return;
        }
    }
    throw_errno(EINVAL, "use none, rising, falling or both");
}

std::string chip_link(const Services& /*services*/, const Node& node) {
    return fmt::format("../gpiochip{}", node.line->chip().info().base);
}

bool can_input(const Node& node) { return node.line->can_input(); }

constexpr auto legacy_rows = std::to_array<Attribute>({
    {"direction", S_IFREG | 0666, show_direction, store_direction},
    {"value", S_IFREG | 0666, show_value, store_value, nullptr, true},
    {"edge", S_IFREG | 0666, show_edge, store_edge, nullptr, false, can_input},
    {"events", S_IFREG | 0444, nullptr, nullptr, nullptr, false, can_input, true},
    {"active_low", S_IFREG | 0666, show_active_low, store_active_low},
    {"device", S_IFLNK | 0777, nullptr, nullptr, chip_link},
    {"subsystem", S_IFLNK | 0777, nullptr, nullptr, class_link},
    {"uevent", S_IFREG | 0666, show_uevent, store_uevent},
});

constexpr auto chip_rows = std::to_array<Attribute>({
    {"direction", S_IFREG | 0666, show_direction, store_direction},
    {"value", S_IFREG | 0666, show_value, store_value},
});

}  // namespace

std::span<const Attribute> legacy_line_files() noexcept { return legacy_rows; }
std::span<const Attribute> chip_line_files() noexcept { return chip_rows; }

}  // namespace gpiofs::fs
