// SPDX-License-Identifier: MIT
#include "context.h"

#include "sanitizer.h"

#include <cstring>
#include <cxxabi.h>
#include <utility>

#if GPIOFS_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace gpiofs::explore {
namespace {

constexpr std::size_t stack_size = std::size_t{256} * 1024;

/// Stacks of contexts that have ended; a run needs as many as the one before.
std::vector<std::vector<char>>& spare_stacks() {
    static std::vector<std::vector<char>> spare;
    return spare;
}

std::vector<char> take_stack() {
    auto& spare = spare_stacks();
    if (spare.empty()) {
        return std::vector<char>(stack_size);
    }
    auto stack = std::move(spare.back());
    spare.pop_back();
    return stack;
}

/// Whom the running context came from: its stack is what the sanitizer has to be told of.
Context* left = nullptr;

}  // namespace

Context::Context() = default;

Context::Context(void (*entry)())
    : stack_(take_stack()), bottom_(stack_.data()), size_(stack_size) {
    getcontext(&state_);
    state_.uc_stack.ss_sp = stack_.data();
    state_.uc_stack.ss_size = stack_size;
    makecontext(&state_, entry, 0);
}

Context::~Context() {
    if (!stack_.empty()) {
        spare_stacks().push_back(std::move(stack_));
    }
}

void Context::switch_to(Context& other, [[maybe_unused]] bool last) {
    auto* globals = abi::__cxa_get_globals();
    std::memcpy(static_cast<void*>(&exceptions_), globals, sizeof exceptions_);
    std::memcpy(static_cast<void*>(globals), &other.exceptions_, sizeof exceptions_);
    left = this;
#if GPIOFS_ASAN
    __sanitizer_start_switch_fiber(last ? nullptr : &shadow_, other.bottom_, other.size_);
#endif
    swapcontext(&state_, &other.state_);
    entered();
}

void Context::entered() {
#if GPIOFS_ASAN
    __sanitizer_finish_switch_fiber(shadow_, &left->bottom_, &left->size_);
#endif
}

}  // namespace gpiofs::explore
