// SPDX-License-Identifier: MIT
#include "scarce_memory.h"

#include <cstdlib>
#include <new>

namespace {

constexpr long unlimited = -1;

thread_local long allowed = unlimited;
thread_local bool for_good = false;
thread_local bool failed = false;
thread_local long count = 0;

void* allocate(std::size_t size) {
    ++count;
    if (allowed == 0) {
        failed = true;
        allowed = for_good ? 0 : unlimited;
        throw std::bad_alloc();
    }
    allowed -= allowed > 0 ? 1 : 0;
    void* const memory = std::malloc(size > 0 ? size : 1);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

namespace gpiofs::test {

ScarceMemory::ScarceMemory(long limit, bool always) {
    failed = false;
    for_good = always;
    allowed = limit;
}

ScarceMemory::~ScarceMemory() { allowed = unlimited; }

bool ScarceMemory::ran_out() const { return failed; }

long allocations() { return count; }

}  // namespace gpiofs::test
