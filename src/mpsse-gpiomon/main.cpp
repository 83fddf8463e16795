// SPDX-License-Identifier: MIT
#include "base/log.h"
#include "base/standard_streams.h"
#include "monitor/end_signal.h"
#include "monitor/failure.h"
#include "monitor/folder_lock.h"
#include "monitor/monitor.h"
#include "monitor/options.h"

#include <csignal>
#include <exception>
#include <variant>

namespace {

using namespace gpiofs;
namespace status = monitor::status;
using monitor::Options;
using monitor::UsageError;

/// When it returns, the lines are as they were before.
monitor::Ending watch(const Options& options, monitor::EndSignal& signals) {
    try {
        const auto lines = monitor::open_lines(options, signals);
        return monitor::print_edges(lines, options, signals);
    } catch (const monitor::Interrupted&) {
        return {status::done, signals.take().value_or(SIGTERM)};
    }
}

int run(int argc, char** argv) {
    const auto parsed = monitor::parse_options(argc, argv);
    if (const auto* error = std::get_if<UsageError>(&parsed)) {
        log::error(error->text);
        return status::usage;
    }
    const auto& options = std::get<Options>(parsed);
    switch (options.intent) {
        case Options::Intent::help:
            print(monitor::help_text());
            return status::done;
        case Options::Intent::version:
            print("mpsse-gpiomon " GPIOFS_VERSION "\n");
            return status::done;
        case Options::Intent::run:
            break;
    }
    monitor::EndSignal signals;
    const monitor::Ending ending = watch(options, signals);
    if (ending.signal != 0) {
        monitor::end_by(ending.signal);
    }
    return ending.status;
}

}  // namespace

int main(int argc, char** argv) {
    open_closed_standard_streams();
    log::set_program("mpsse-gpiomon");
    try {
        return run(argc, argv);
    } catch (const monitor::Failure& failure) {
        log::error(failure.what());
        return failure.status();
    } catch (const std::exception& error) {
        log::error(error.what());
        return status::error;
    }
}
