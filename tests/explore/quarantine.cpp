// SPDX-License-Identifier: MIT
#include "quarantine.h"

#include "sanitizer.h"

#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>

#if GPIOFS_ASAN

namespace gpiofs::explore {
void begin_quarantine() noexcept {}
void end_quarantine() noexcept {}
}  // namespace gpiofs::explore

#else

namespace {

/// As a pointer it is not canonical on x86-64 and in nobody's range on arm64: it faults.
constexpr int freed = 0xdd;

bool holding = false;
/// Freed blocks, by malloc alone: this is what operator new and delete are made of.
void** blocks = nullptr;
std::size_t held = 0;
std::size_t room = 0;

void hold(void* block) {
    if (held == room) {
        room = room == 0 ? 1024 : 2 * room;
        blocks =
            static_cast<void**>(std::realloc(static_cast<void*>(blocks), room * sizeof(void*)));
        if (blocks == nullptr) {
            std::abort();
        }
    }
    std::memset(block, freed, malloc_usable_size(block));
    blocks[held++] = block;
}

}  // namespace

namespace gpiofs::explore {

void begin_quarantine() noexcept { holding = true; }

void end_quarantine() noexcept {
    holding = false;
    while (held > 0) {
        std::free(blocks[--held]);
    }
}

}  // namespace gpiofs::explore

void* operator new(std::size_t size) {
    if (void* block = std::malloc(size == 0 ? 1 : size)) {
        return block;
    }
    throw std::bad_alloc();
}

void operator delete(void* block) noexcept {
    if (holding && block != nullptr) {
        hold(block);
    } else {
        std::free(block);
    }
}

void operator delete(void* block, std::size_t /*size*/) noexcept { operator delete(block); }

#endif
