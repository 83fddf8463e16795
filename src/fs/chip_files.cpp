// SPDX-License-Identifier: MIT
#include "base/error.h"
#include "base/text.h"
#include "fs/attributes.h"
#include "fs/bus_request.h"
#include "mpsse/chip_type.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <limits>
#include <utility>

namespace gpiofs::fs {
namespace {

using gpio::Sample;

void show_base(const Services& /*services*/, const Node& node, ReadRequest& request) {
    request.complete(fmt::format("{}\n", node.chip->info().base));
}

void show_label(const Services& /*services*/, const Node& node, ReadRequest& request) {
    request.complete(node.chip->info().label + "\n");
}

void show_ngpio(const Services& /*services*/, const Node& node, ReadRequest& request) {
    request.complete(fmt::format("{}\n", node.chip->info().lines));
}

std::string lines_table(const Node& node, const Sample& sample) {
    const auto& info = node.chip->info();
    const auto outputs = node.chip->state().outputs;
    std::string table = "OFFSET NUMBER PIN DIRECTION LEVEL USED\n";
    for (unsigned offset = 0; offset < info.lines; ++offset) {
        if ((info.limits.present >> offset & 1U) == 0) {
            continue;
        }
        table += fmt::format("{} {} {} {} {} {}\n", offset, info.base + offset,
                             mpsse::pin_name(info.interface_number, offset),
                             (outputs >> offset & 1U) != 0 ? "out" : "in",
                             sample.levels >> offset & 1, node.chip->line(offset) ? "yes" : "no");
    }
    return table;
}

void show_lines(const Services& services, const Node& node, ReadRequest& request) {
    BusRequest::submit(std::make_shared<SampleRead>(
        services, node.chip, mpsse::banks_of(node.chip->info().limits.present), lines_table,
        std::move(request)));
}

void show_sample_interval(const Services& /*services*/, const Node& node, ReadRequest& request) {
    request.complete(fmt::format("{}\n", node.chip->sample_interval().count()));
}

void store_sample_interval(const Services& /*services*/, const Node& node, std::string_view text,
                           WriteRequest& request) {
    const auto number = parse_kernel_uint(text);
    if (!number) {
        throw_errno(static_cast<int>(number.error), "use a number of microseconds, or 0 to stream");
    }
    node.chip->set_sample_interval(std::chrono::microseconds(number.value));
    request.complete();
}

void show_sampling_stats(const Services& /*services*/, const Node& node, ReadRequest& request) {
    const gpio::SamplingReport report = node.chip->sampling_report();
    request.complete(fmt::format("samples {}\nrate_hz {:.0f}\nlargest_gap_ns {}\noverruns {}\n",
                                 report.samples, report.rate(), report.largest_gap.count(),
                                 report.overruns));
}

unsigned line_offset(std::string_view text) {
    const auto number = parse_kernel_uint(text);
    if (!number) {
        throw_errno(static_cast<int>(number.error), "use a line offset");
    }
    return number.value;
}

void store_export(const Services& services, const Node& node, std::string_view text,
                  WriteRequest& request) {
    node.chip->export_line(line_offset(text), services.registry.next_id());
    request.complete();
}

void store_unexport(const Services& /*services*/, const Node& node, std::string_view text,
                    WriteRequest& request) {
    node.chip->unexport_line(line_offset(text));
    request.complete();
}

std::string device_link(const Services& /*services*/, const Node& node) {
    return node.chip->info().device_link;
}

constexpr auto legacy_rows = std::to_array<Attribute>({
    {"base", S_IFREG | 0444, show_base},
    {"label", S_IFREG | 0444, show_label},
    {"ngpio", S_IFREG | 0444, show_ngpio},
    {"lines", S_IFREG | 0444, show_lines},
    {"sample_interval_us", S_IFREG | 0666, show_sample_interval, store_sample_interval},
    {"sampling_stats", S_IFREG | 0444, show_sampling_stats},
    {"device", S_IFLNK | 0777, nullptr, nullptr, device_link},
    {"subsystem", S_IFLNK | 0777, nullptr, nullptr, class_link},
    {"uevent", S_IFREG | 0666, show_uevent, store_uevent},
});

constexpr auto chip_rows = std::to_array<Attribute>({
    {"export", S_IFREG | 0222, nullptr, store_export},
    {"unexport", S_IFREG | 0222, nullptr, store_unexport},
    {"label", S_IFREG | 0444, show_label},
    {"ngpio", S_IFREG | 0444, show_ngpio},
    {"device", S_IFLNK | 0777, nullptr, nullptr, device_link},
    {"subsystem", S_IFLNK | 0777, nullptr, nullptr, class_link},
    {"uevent", S_IFREG | 0666, show_uevent, store_uevent},
});

}  // namespace

std::span<const Attribute> legacy_chip_files() noexcept { return legacy_rows; }
std::span<const Attribute> chip_files() noexcept { return chip_rows; }

}  // namespace gpiofs::fs
