// SPDX-License-Identifier: MIT
#pragma once

#include "gpio/chip.h"
#include "poll/reclaim_list.h"

#include <memory>

namespace gpiofs::poll {

/// A chip that has been taken out of the registry and killed. Finishing it waits for the last
/// transfer, leaves the pins as asked and gives the USB interface back; the chip object itself
/// lives on for as long as files of it are open.
class RetiredChip final : public Retired {
  public:
    RetiredChip(std::shared_ptr<gpio::Chip> chip, gpio::OnExit on_exit, const Clock& clock,
                Duration timeout);
    void finish() noexcept override;

  private:
    const std::shared_ptr<gpio::Chip> chip_;
    const gpio::OnExit on_exit_;
    const Clock& clock_;
    const Duration timeout_;
};

}  // namespace gpiofs::poll
