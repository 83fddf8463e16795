// SPDX-License-Identifier: MIT
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/standard_streams.h"
#include "options.h"
#include "sim/bench.h"
#include "usbip/acceptor.h"
#include "usbip/bench_control.h"
#include "usbip/exports.h"
#include "usbip/session.h"
#include "usbip/socket_io.h"

#include <fmt/format.h>
#include <system_error>

#include <cerrno>
#include <csignal>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>
#include <variant>

namespace {

using namespace gpiofs;
using mpsse_sim::Options;
using mpsse_sim::UsageError;

constexpr int runtime_status = 1;
constexpr int usage_status = 2;

/// Removes the control socket's file when the program ends.
class SocketFile {
  public:
    explicit SocketFile(std::string path) : path_(std::move(path)) {}
    SocketFile(const SocketFile&) = delete;
    SocketFile& operator=(const SocketFile&) = delete;
    ~SocketFile() { ::unlink(path_.c_str()); }

  private:
    std::string path_;
};

/// Blocked in every thread that is made later, so that main can wait for them.
sigset_t block_end_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    const int failed = ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    if (failed != 0) {
        throw_errno(failed, "signal mask");
    }
    return signals;
}

void serve(const Options& options) {
    const sigset_t end_signals = block_end_signals();
    SystemClock clock;
    sim::Bench bench(clock);
    for (const sim::BoardConfig& config : options.boards) {
        bench.add(config);
    }
    usbip::Exports exports(bench);

    std::optional<SocketFile> control_file;
    std::optional<usbip::Acceptor> control;
    if (!options.control.empty()) {
        UniqueFd listener = usbip::listen_unix(options.control);
        control_file.emplace(options.control);
        control.emplace(std::move(listener),
                        [&bench](int socket) { usbip::serve_control(socket, bench); });
    }
    UniqueFd listener = usbip::listen_tcp(options.listen);
    const std::string address = usbip::local_address(listener.get());
    const usbip::Acceptor clients(std::move(listener),
                                  [&exports](int socket) { usbip::serve_client(socket, exports); });
    log::info(fmt::format("listening on {}", address));
    int ended_by = 0;
    ::sigwait(&end_signals, &ended_by);
}

int run(int argc, char** argv) {
    const auto parsed = mpsse_sim::parse_options(argc, argv);
    if (const auto* error = std::get_if<UsageError>(&parsed)) {
        log::error(error->text);
        return usage_status;
    }
    const auto& options = std::get<Options>(parsed);
    switch (options.intent) {
        case Options::Intent::help:
            print(mpsse_sim::help_text());
            return 0;
        case Options::Intent::version:
            print("mpsse-sim " GPIOFS_VERSION "\n");
            return 0;
        case Options::Intent::run:
            break;
    }
    serve(options);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    ignore_broken_pipes();
    open_closed_standard_streams();
    log::set_program("mpsse-sim");
    try {
        return run(argc, argv);
    } catch (const std::invalid_argument& error) {
        log::error(error.what());
        return usage_status;
    } catch (const std::exception& error) {
        log::error(error.what());
        return runtime_status;
    }
}
