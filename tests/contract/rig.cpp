// SPDX-License-Identifier: MIT
#include "contract/rig.h"

#include "contract/host.h"

#include <array>
#include <chrono>
#include <thread>

namespace gpiofs::contract {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

TimePoint Rig::in(Duration duration) const { return steady_clock::now() + duration; }

void Rig::at_once(const std::function<void()>& other, const std::function<void()>& here) {
    struct Joined {
        explicit Joined(const std::function<void()>& body) : thread(body) {}
        Joined(const Joined&) = delete;
        Joined& operator=(const Joined&) = delete;
        ~Joined() { thread.join(); }
        std::thread thread;
    };
    const Joined joined(other);
    here();
}

void start_engine(transport::Transport& transport, TimePoint deadline) {
    struct Request {
        std::uint8_t code;
        std::uint16_t value;
    };
    constexpr std::array requests = {Request{0x0b, 0x0000},   // no mode
                                     Request{0x00, 0x0001},   // purge what was sent
                                     Request{0x00, 0x0002},   // and what was to be read
                                     Request{0x09, 255},      // latency timer, in ms
                                     Request{0x0b, 0x0200}};  // MPSSE mode
    for (const Request& request : requests) {
        if (const auto error = transport.control_out(request.code, request.value, deadline)) {
            throw Broken("the engine does not start: " + error.message());
        }
    }
    read_sample(transport, deadline);
}

void CountedRig::until_ended(Ends wanted) {
    const TimePoint end = steady_clock::now() + 10s;
    while (true) {
        const Ends now = counted();
        // The modelled bus tells the host 12 us after the last packet; what is heard of later is no
        // fault, but shows no fault either.
        std::this_thread::sleep_for(1ms);
        if (now.out - before_.out >= wanted.out && now.in - before_.in >= wanted.in) {
            return;
        }
        if (steady_clock::now() >= end) {
            throw Broken("the chip has not ended what was queued");
        }
    }
}

}  // namespace gpiofs::contract
