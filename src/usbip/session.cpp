// SPDX-License-Identifier: MIT
#include "usbip/session.h"

#include "base/clock.h"
#include "base/log.h"
#include "usbip/protocol.h"
#include "usbip/socket_io.h"
#include "usbip/urb_pump.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gpiofs::usbip {
namespace {

class Session {
  public:
    Session(int socket, Exports& exports, std::chrono::milliseconds patience)
        : socket_(socket), exports_(exports), patience_(patience) {}

    /// Returns when the connection is over; `error()` is not empty if the client was to blame.
    void run() {
        while (serve_request()) {
        }
    }
    const std::string& error() const noexcept { return error_; }

  private:
    bool serve_request() {
        const TimePoint deadline = std::chrono::steady_clock::now() + patience_;
        std::array<std::uint8_t, request_size> bytes{};
        if (!receive_all(socket_, bytes, deadline)) {
            return false;
        }
        const auto request = parse_request(bytes, error_);
        if (!request) {
            return false;
        }
        if (*request == Request::list_devices) {
            return send_all(socket_, list_reply(exports_.list()), deadline);
        }
        serve_import(deadline);
        return false;
    }

    void serve_import(TimePoint deadline) {
        std::array<std::uint8_t, bus_id_size> bytes{};
        if (!receive_all(socket_, bytes, deadline)) {
            return;
        }
        const auto bus_id = parse_bus_id(bytes, error_);
        if (!bus_id) {
            return;
        }
        const auto imported = exports_.import_device(*bus_id);
        if (const auto* refused = std::get_if<Status>(&imported)) {
            send_all(socket_, import_reply(*refused, {}), deadline);
            return;
        }
        const Exports::Lease& lease = *std::get<std::unique_ptr<Exports::Lease>>(imported);
        const DeviceInfo info = lease.info();
        if (!send_all(socket_, import_reply(Status::ok, info), deadline)) {
            return;
        }
        log::info(fmt::format("{} is attached", info.bus_id));
        serve_urbs(lease, info.device_id());
        log::info(fmt::format("{} is detached", info.bus_id));
    }

    void serve_urbs(const Exports::Lease& lease, std::uint32_t device_id) {
        UrbPump pump(lease.board(), lease.attachment(), socket_);
        while (serve_command(pump, device_id)) {
        }
        ::shutdown(socket_, SHUT_RDWR);  // a pump that is sending must not hang
    }

    bool serve_command(UrbPump& pump, std::uint32_t device_id) {
        std::array<std::uint8_t, command_size> bytes{};
        if (!receive_all(socket_, bytes)) {
            return false;
        }
        const auto command = parse_command(bytes, error_);
        if (!command) {
            return false;
        }
        const auto addressed = std::visit([](const auto& any) { return any.device_id; }, *command);
        if (addressed != device_id) {
            error_ = fmt::format("device id {:08x}", addressed);
            return false;
        }
        return std::visit([&](const auto& any) { return hand_over(pump, any); }, *command);
    }

    bool hand_over(UrbPump& pump, const Submit& submit) {
        std::vector<std::uint8_t> data(submit.data_size());
        return receive_all(socket_, data) && taken(pump.submit(submit, std::move(data)));
    }
    bool hand_over(UrbPump& pump, const Unlink& unlink) { return taken(pump.unlink(unlink)); }

    bool taken(bool yes) {
        if (!yes) {
            error_ = "too many transfers at a time";
        }
        return yes;
    }

    const int socket_;
    Exports& exports_;
    const std::chrono::milliseconds patience_;
    std::string error_;
};

}  // namespace

void serve_client(int socket, Exports& exports, std::chrono::milliseconds patience) noexcept {
    try {
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        Session session(socket, exports, patience);
        session.run();
        if (!session.error().empty()) {
            log::warning(fmt::format("connection closed, not USB/IP: {}", session.error()));
        }
    } catch (const std::exception& error) {
        log::error(fmt::format("connection closed: {}", error.what()));
    }
}

}  // namespace gpiofs::usbip
