// SPDX-License-Identifier: MIT
#include "fault_handler.h"

#include "sanitizer.h"
#include "scheduler.h"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace gpiofs::explore {
namespace {

constexpr std::size_t stack_size = std::size_t{64} * 1024;
constexpr std::uintptr_t first_page = 4096;

/// Leaves for the scheduler and never comes back, which is all right: only this thread's own stack
/// was interrupted, and nobody goes on with it.
void fault(int /*signal*/, siginfo_t* info, void* /*context*/) {
    if (!Scheduler::is_running()) {
        std::abort();
    }
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    const bool no_address = info->si_code == SI_KERNEL;
    Scheduler::running().fail(no_address || address >= first_page
                                  ? "use after free: a pointer read from freed memory"
                                  : "a null pointer was used");
}

void terminated() {
    if (!Scheduler::is_running()) {
        std::abort();
    }
    std::string what = "std::terminate was called";
    if (const auto exception = std::current_exception()) {
        try {
            std::rethrow_exception(exception);
        } catch (const std::exception& e) {
            what += std::string(": ") + e.what();
        } catch (...) {
            what += " for an unknown exception";
        }
    }
    Scheduler::running().fail(what);
}

}  // namespace

FaultHandler::FaultHandler() : terminate_before_(std::set_terminate(terminated)) {
    if (GPIOFS_ASAN != 0) {
        return;
    }
    stack_.resize(stack_size);
    stack_t stack{};
    stack.ss_sp = stack_.data();
    stack.ss_size = stack_size;
    sigaltstack(&stack, &stack_before_);
    struct sigaction action {};
    action.sa_sigaction = fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigaction(SIGSEGV, &action, &segv_before_);
    sigaction(SIGBUS, &action, &bus_before_);
}

FaultHandler::~FaultHandler() {
    std::set_terminate(terminate_before_);
    if (!stack_.empty()) {
        sigaction(SIGSEGV, &segv_before_, nullptr);
        sigaction(SIGBUS, &bus_before_, nullptr);
        sigaltstack(&stack_before_, nullptr);
    }
}

}  // namespace gpiofs::explore
