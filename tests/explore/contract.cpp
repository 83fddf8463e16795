// SPDX-License-Identifier: MIT
#include "contract/cases.h"
#include "contract/host.h"
#include "scenario.h"
#include "wire.h"

#include <doctest/doctest.h>

#include <exception>
#include <memory>
#include <string>

using namespace gpiofs;
using namespace gpiofs::explore;

namespace {

class WireRig final : public contract::Rig {
  public:
    unsigned lacks() const noexcept override {
        return contract::faults | contract::deadlines | contract::stuffing | contract::outputs |
               contract::control | contract::keeps;
    }
    std::unique_ptr<transport::Transport> open() override { return wire_.connect(); }
    TimePoint in(Duration duration) const override { return Scheduler::running().now() + duration; }
    void fault(const std::string& /*words*/) override { require(false, "the wire has no faults"); }
    void set_silent(bool yes) override { wire_.silent = yes; }
    void unplug() override {
        Scheduler::running().step("pulls the plug");
        wire_.gone = true;
    }
    /// What is queued is done when it is collected, as if it had been done when it could be.
    void until_ended(contract::Ends /*wanted*/) override {}
    void at_once(const std::function<void()>& other, const std::function<void()>& here) override {
        Thread thread = start_thread("other", other);
        std::exception_ptr broken;
        try {
            here();
        } catch (...) {
            broken = std::current_exception();
        }
        thread.join();
        if (broken) {
            std::rethrow_exception(broken);
        }
    }

  private:
    Wire wire_;
};

void check_on_a_wire(const contract::Case& one) {
    WireRig rig;
    if (const auto broken = contract::check(one, rig)) {
        Scheduler::running().fail(std::string(one.name) + ": " + *broken);
    }
}

}  // namespace

TEST_CASE("transport contract: the wire of these scenarios") {
    for (const contract::Case& one : contract::cases()) {
        if (contract::suits(one, WireRig())) {
            explore_all({3}, [&one] { check_on_a_wire(one); });
        } else {
            MESSAGE("the wire: left out: " << one.name);
        }
    }
}
